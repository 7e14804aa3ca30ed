/* SPDX-License-Identifier: MIT */
/*
 * The pulse: what time a case has lived through. Limits are held against that, not against the
 * clock: while the machine stood still, or gave the case no processor, none of it passed.
 *
 * Theory of operation. The worker beats whenever it asks for the time, which in every loop it does
 * at least once in a wait of epoll. A beat that comes late, and not because the worker ran or
 * waited for a processor meanwhile, which the kernel counts, says that it stood still: it was
 * stopped, or all of the machine was. What the worker and its actors have waited for a processor is
 * counted beside that; they share one, so that what one of them waits while another runs is no
 * starvation. That is only read when it matters: when a limit is reached, and when a case has
 * failed.
 */
#ifndef SOCKPROOF_TRIAL_PULSE_H
#define SOCKPROOF_TRIAL_PULSE_H

#include "trial/state.h"

/* The case begins. */
void pulse_begin(struct trial *trial);
/* The time that it has lived through since then, in microseconds; beats. */
uint64_t pulse_us(struct trial *trial);
/* The worker is about to sleep for no longer than that. */
void pulse_rest(struct trial *trial, uint64_t us);
/* True when pulse_us has come to end, starvation looked at. */
bool pulse_past(struct trial *trial, uint64_t end_us);
/* What has disturbed the case, for its result: {"why": …, "stood": …} (false: it starved only), or
   NULL. Asks about stops of actors since it last did. The caller's reference. */
json_t *pulse_disturbed(struct trial *trial);
/* True when the C library's clock does not run like the kernel's, since the case began: how much
   has passed by the one and by the other, in microseconds. */
bool pulse_clocks_differ(const struct trial *trial, int64_t *told_us, int64_t *passed);

#endif
