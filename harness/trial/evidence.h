/* SPDX-License-Identifier: MIT */
/*
 * Evidence: what there is of one call that has ended, for the judge. It comes from the call itself,
 * or from the events of a recorded run.
 */
#ifndef SOCKPROOF_TRIAL_EVIDENCE_H
#define SOCKPROOF_TRIAL_EVIDENCE_H

#include "observe/pattern.h"
#include "packet/naming.h"
#include "packet/packet.h"
#include "trial/names.h"
#include "verb/verb.h"

#include <jansson.h>

/* Bytes of somebody else's. */
struct stretch {
    const uint8_t *bytes;
    size_t size;
};

/* A segment of TCP or SCTP of the case's own making, as it left: whatever the step wrote it as. */
struct crafted_segment {
    bool known;
    uint16_t source, destination; /* ports */
    bool reset;                   /* RST, or an ABORT */
};

struct evidence {
    const char *actor;
    const struct verb *verb;
    const json_t *outcome; /* "returns", "errno", …: the members of its event */
    size_t whole;          /* the result that is success; 0: whatever is no error */
    struct stretch data;   /* received */
    const uint64_t *sizes; /* of the buffers that it filled, or of the messages that came */
    uint64_t size_count;
    struct pattern *incoming;    /* of what comes next to the socket; moves on when it matches */
    struct stretch out, err;     /* what a program said */
    struct pattern said;         /* a pattern in that */
    struct ports_of ports;       /* of its socket */
    uint64_t alike;              /* sockets that it stands for */
    bool injected;               /* a fault made its error */
    bool may_err;                /* a fault has fired after which a program may end with an error */
    const struct packet *packet; /* that a raw socket received; NULL: none */
    const struct naming *naming; /* of the hosts */
    struct crafted_segment crafted; /* that a raw or a packet socket sent */
};

#endif
