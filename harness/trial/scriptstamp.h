/* SPDX-License-Identifier: MIT */
/*
 * Time stamps that a script expects among the control messages of a recvmsg.
 */
#ifndef SOCKPROOF_TRIAL_SCRIPTSTAMP_H
#define SOCKPROOF_TRIAL_SCRIPTSTAMP_H

#include "case/pkt.h"

/* The stamp that the call expects, in microseconds from the start of the script; -1: none. */
int64_t scriptstamp_expected(const struct pkt_call *call);
/* The stamp of software in the size bytes of control messages, in nanoseconds of CLOCK_REALTIME; 0:
   there is none. */
uint64_t scriptstamp_live(void *control, size_t size);

#endif
