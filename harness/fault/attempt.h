/* SPDX-License-Identifier: MIT */
/*
 * Attempts: the faults that are worth trying at a point, as exploration does. Plain constants; any
 * thread, any signal handler, but for the text.
 */
#ifndef SOCKPROOF_FAULT_ATTEMPT_H
#define SOCKPROOF_FAULT_ATTEMPT_H

#include "fault/call_action.h"
#include "fault/point.h"

#define ATTEMPT_MAX 8
#define ATTEMPT_TEXT 32

struct attempt {
    enum call_action action;
    int argument;       /* errno, or bytes */
    const char *behind; /* what stands behind the action's word for it; NULL: nothing */
};

/* Those of a point; ends with FAULT_NONE. At most ATTEMPT_MAX. Static storage. */
const struct attempt *attempt_at(enum point point);
/* As on the command line, without the point: "errno EINTR", "cap 1", "reset". Returns out. */
const char *attempt_text(const struct attempt *attempt, char out[ATTEMPT_TEXT]);

#endif
