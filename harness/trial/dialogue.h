/* SPDX-License-Identifier: MIT */
/*
 * A dialogue: what the two sides of one flow have said so far, as the wire has seen it; from it
 * follows what either would say next.
 */
#ifndef SOCKPROOF_TRIAL_DIALOGUE_H
#define SOCKPROOF_TRIAL_DIALOGUE_H

#include "trial/seen.h"

/* One side of it. */
struct speaker {
    struct in6_addr address; /* IPv4 as mapped */
    uint16_t port;
    bool spoke;      /* TCP: it has sent a segment; what follows is known */
    uint32_t next;   /* the number of what it sends next: behind the last octet, SYN or FIN */
    bool acked;      /* it has acknowledged something */
    uint32_t ack;    /* the last number that it acknowledged */
    uint16_t window; /* as it said last */
    bool stamps;     /* its SYN had time stamps */
    uint32_t stamp;  /* its last time stamp */
};

struct dialogue {
    bool known; /* there is such a flow */
    int family;
    struct speaker side[SIDE_COUNT];
};

/* The dialogue of the flow of that protocol (TCP, UDP) of which the last packet went by, or of the
   last one with those ports; port: by side, 0: any. What the wire said itself counts where it goes
   on from what was said before, and its checksum is right: a segment from elsewhere, which the
   receiver is to refuse, is no part of it. */
struct dialogue dialogue_read(const struct frame_copy *frames, uint8_t protocol,
                              const uint16_t port[SIDE_COUNT]);
/* True when both sides have agreed on time stamps. */
bool dialogue_stamps(const struct dialogue *dialogue);

#endif
