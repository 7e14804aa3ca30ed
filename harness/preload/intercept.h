/* SPDX-License-Identifier: MIT */
/*
 * Interception: what stands between a program and the C library in each wrapper. It asks
 * whether faults meet the call, does what they do (fault/enact.h), and says whether the real call
 * is still to be made.
 *
 *     struct wrapped wrapped = {…};
 *     if (intercept_enter(&wrapped)) value = real call;
 *     return intercept_leave(&wrapped, value);
 *
 * Nothing here allocates or locks; errno is what the call makes it.
 */
#ifndef SOCKPROOF_PRELOAD_INTERCEPT_H
#define SOCKPROOF_PRELOAD_INTERCEPT_H

#include "preload/control.h"
#include "preload/wrapped.h"

#include <time.h>

/* True when calls are judged here: a plan is armed, or chances are recorded or counted. */
extern bool intercept_on;
/* True when a control file is open: what slips past is noted. */
extern bool intercept_noting;

/* From now on calls are judged by the plan in control. Before main. */
void intercept_open(struct control *control);
/* The program has confined itself, of which record, prepared before, tells; strictly: it may make
   no call any more but those that it has left, so that ours end here. Makes no system call. */
void intercept_confined(const struct control_record *record, bool strictly);
/* True when the real call is to be made. */
bool intercept_enter(struct wrapped *wrapped);
/* What the wrapper returns, given what the real call did (anything when it was not made). */
intptr_t intercept_leave(struct wrapped *wrapped, intptr_t value);
/* True for a time of zero: a call with it cannot block. NULL is no time. */
bool no_time(const struct timespec *timeout);

#endif
