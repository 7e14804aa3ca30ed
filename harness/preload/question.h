/* SPDX-License-Identifier: MIT */
/*
 * The question: which faults of the plan meet a wrapped call, and what of it is logged. Nothing
 * here allocates or locks: any thread, any signal handler.
 */
#ifndef SOCKPROOF_PRELOAD_QUESTION_H
#define SOCKPROOF_PRELOAD_QUESTION_H

#include "fault/plan.h"
#include "preload/control.h"
#include "preload/wrapped.h"

/* From now on questions are about the plan in control. Before main. */
void question_open(struct control *control);
/* What fires; logs it. In a replay wrapped->starved says that the call must fail with EAGAIN, as
   one that finds nothing: the byte that it could still find is one that a later call is to meet a
   fault at. */
struct decision question_ask(struct wrapped *wrapped);
/* In a replay: how many bytes of its stream the call may move until the next at which the log lists
   a firing; 0: there is none. */
uint64_t question_left(const struct wrapped *wrapped);
/* Bit i for fault i: those about this call that wait for a byte of the stream; 0 when it moves
   none. */
unsigned question_waiting(const struct wrapped *wrapped);

#endif
