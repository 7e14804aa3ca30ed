/* SPDX-License-Identifier: MIT */
/*
 * Who is ended first when the machine runs out of memory (proc(5), oom_score_adj). The driver and
 * the engine hold what was found: they are the last of a run.
 */
#ifndef SOCKPROOF_BASE_EXPENDABLE_H
#define SOCKPROOF_BASE_EXPENDABLE_H

/* From the last to the first; in thousandths of the way from what the run began with to the most
   that there is. */
enum expendable {
    EXPENDABLE_WORKER = 300,
    EXPENDABLE_ACTOR = 600,
    EXPENDABLE_PROGRAM = 900,
};

/* Offers the calling process, and those that it makes from now on, before all that offer less. What
   offers more already stays so; where it cannot be said nothing changes. For a process right after
   the fork: async-signal-safe. */
void expendable_offer(enum expendable how_much);

#endif
