/* SPDX-License-Identifier: MIT */
/*
 * A packet of the wire in a script's numbers: taken apart, its options as the script would write
 * them, and told as a line of a script.
 */
#ifndef SOCKPROOF_TRIAL_SCRIPTSEGMENT_H
#define SOCKPROOF_TRIAL_SCRIPTSEGMENT_H

#include "base/arena.h"
#include "trial/scriptflow.h"

enum { SCRIPTSEGMENT_OPTIONS = 40 };

/* An option of TCP as it stands in a header. */
struct scriptsegment_option {
    uint8_t kind, length; /* all octets of it */
    const uint8_t *body;  /* behind kind and length */
};

struct scriptsegment {
    struct packet packet;
    unsigned flags;  /* PKT_* */
    uint32_t length; /* of the payload */
    uint32_t window, urgent;
    int tos, ttl;
    struct scriptsegment_option option[SCRIPTSEGMENT_OPTIONS];
    size_t options;
    bool malformed; /* the options are not what a header may have */
};

/* Takes a frame apart; it stays the caller's. False when it is no packet of TCP, UDP or ICMP. */
bool scriptsegment_read(struct scriptsegment *segment, const uint8_t *frame, size_t size);
/* The flags as scripts write them: "S.", "FP.". Owned by arena. */
const char *scriptsegment_flags(unsigned flags, struct arena *arena);
/* "> P. 1:201(200) ack 501 win 64 <nop,nop,TS val 1 ecr 2>", in the numbers of the flow. Owned by
   arena. */
const char *scriptsegment_text(const struct scriptsegment *segment, const struct scriptflow *flow,
                               struct arena *arena);

#endif
