/* SPDX-License-Identifier: MIT */
/*
 * Causes: whether Linux can give an error to a call there and then, by what cause.def says, and
 * what a call and its socket are. Any thread, any signal handler; the questions may change errno.
 */
#ifndef SOCKPROOF_FAULT_CAUSE_H
#define SOCKPROOF_FAULT_CAUSE_H

#include "fault/meeting.h"

/* True when Linux can give that error to the call now. */
bool cause_fits(const struct meeting *meeting, int error);
/* True when Linux can give it to some call at the point. */
bool cause_ever(enum point point, int error);

/* True for a socket whose bytes may be parted anywhere. */
bool cause_is_stream(const struct meeting *meeting);
/* True for one whose messages may be lost each by itself. */
bool cause_is_datagram(const struct meeting *meeting);
/* True when it has a peer. */
bool cause_is_connected(const struct meeting *meeting);
/* True when the call waits at most so long as its socket's SO_RCVTIMEO or SO_SNDTIMEO says, so that
   EAGAIN tells that the time is over. */
bool cause_is_timed(const struct meeting *meeting);

#endif
