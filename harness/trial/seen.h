/* SPDX-License-Identifier: MIT */
/*
 * What the wire has seen of a case.
 */
#ifndef SOCKPROOF_TRIAL_SEEN_H
#define SOCKPROOF_TRIAL_SEEN_H

#include "wire/wire.h"

struct frame_copy {
    enum side from;
    enum fate fate;
    size_t size;
    uint64_t realtime_ns;
    size_t number;    /* of its packet */
    const char *text; /* what became of it, for people */
    struct frame_copy *next;
    uint8_t bytes[];
};

/* A packet of the case that was seen, for sees: and the end's questions. */
struct sighting {
    enum side from;
    enum fate fate;
    int step;
    bool released;     /* it was held, and goes on now */
    bool named;        /* a step that speaks of resets has taken it */
    const char *fault; /* that met or made it; NULL: none */
    const uint8_t *frame;
    size_t size;
    uint64_t at_us;                              /* of the log's time, by the kernel's stamp */
    uint32_t first_of_sender, first_of_receiver; /* as they were known when it was seen */
};

struct seen {
    const struct naming *naming; /* of the hosts */
    bool asked;                  /* the case asks about packets: their frames are recorded */
    bool asked_whole;            /* with what is in them */
    struct sighting *sightings;
    size_t count, room;
    size_t packets;        /* of the set-up as well; events number them by it */
    size_t to[SIDE_COUNT]; /* behind the last that a step has taken, in each direction */
    size_t *begun;         /* by number of a step: how many had been seen when it began */
    int steps;             /* numbers of begun: from 0, the start, to that */
    int call;              /* the last step of an actor; 0: none yet */
    bool storm;            /* packets came without end, and without anything new */
    struct frame_copy *frames, **frames_end;
    size_t kept;   /* bytes of those */
    bool overfull; /* there were more, which are not kept */
};

#endif
