/* SPDX-License-Identifier: MIT */
/*
 * What guests do of the work. A guest is given all jobs of its candidate at once and deals them out
 * itself; one guest runs at a time, beside the lanes. What it did not answer when it ends is
 * broken.
 *
 * Single-threaded: the supervisor's.
 */
#ifndef SOCKPROOF_ENGINE_GUESTWORK_H
#define SOCKPROOF_ENGINE_GUESTWORK_H

#include "engine/guest.h"
#include "engine/work.h"

struct guestwork {
    struct guest guest;
    int candidate; /* that the guest is */
    int watch;     /* borrowed: its console and its stream are watched there */
};

/* Begins with no guest. */
void guestwork_begin(struct guestwork *guestwork, int watch);
/* Starts the first guest that has something to do, unless one runs. */
void guestwork_start(struct guestwork *guestwork, struct work *work);
/* Takes in what waits on the console of the guest. */
void guestwork_hear(struct guestwork *guestwork);
/* Takes in results that have come; a guest that has done all, or can do no more, is ended. */
void guestwork_take(struct guestwork *guestwork, struct work *work);
/* When the guest is given up if it says nothing (CLOCK_MONOTONIC); UINT64_MAX: none runs. */
uint64_t guestwork_deadline_us(const struct guestwork *guestwork);
/* Puts that off. */
void guestwork_put_off(struct guestwork *guestwork, uint64_t us);
/* Gives up the guest, which has been silent for too long. */
void guestwork_silent(struct guestwork *guestwork, struct work *work);
/* Ends the guest, if one runs. */
void guestwork_end(struct guestwork *guestwork);

#endif
