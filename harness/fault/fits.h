/* SPDX-License-Identifier: MIT */
/*
 * Fitting: whether an action is one that could happen to a call, by what call_action.def says that
 * it needs.
 *
 * Strict is what Linux can do. Where scripted actors and programs were judged differently the
 * stricter holds for both: a call that cannot block is not interrupted, one that may wait does not
 * say that there is nothing yet, only streams are cut or reset, only datagrams are lost.
 */
#ifndef SOCKPROOF_FAULT_FITS_H
#define SOCKPROOF_FAULT_FITS_H

#include "fault/call_action.h"
#include "fault/meeting.h"

/* True when the action with its argument may happen to the call now. lenient: at any time that
   POSIX allows; else only when Linux could do it. errno stays. Any thread, any signal handler. */
bool fits(const struct meeting *meeting, enum call_action action, int64_t argument, bool lenient);
/* True when the action may ever happen at one of the points, a bit each. Of an errno fits_error
   says it. */
bool fits_ever(uint64_t points, enum call_action action);
/* Where the action may happen, in words: "where datagrams are sent". Static storage. */
const char *fits_where(enum call_action action);
/* True when a call at one of the points can give that error ("EINTR"), on Linux, or, when lenient,
   as POSIX allows. */
bool fits_error(uint64_t points, const char *error, bool lenient);
/* True for an error after which a stream is dead. */
bool fits_fatal(int error);

#endif
