/* SPDX-License-Identifier: MIT */
/*
 * What a script says of a packet that the host under test sends, held against the one that it sent.
 *
 * Compared are flags, sequence numbers, the acknowledged number, the urgent pointer, the length of
 * the payload and, unless the script leaves them open (<...>), the options in their order; the
 * window only where the script names it, type of service, ECN and time to live alike. Of time
 * stamps the value is compared where the script says how long its tick is (--tcp_ts_tick_usecs),
 * the echo never.
 */
#ifndef SOCKPROOF_TRIAL_SCRIPTMATCH_H
#define SOCKPROOF_TRIAL_SCRIPTMATCH_H

#include "trial/scriptsegment.h"

/* What a script expects, and what of it has come. */
struct scriptmatch {
    const struct pkt_packet *expected;
    bool strict;     /* one packet is one packet */
    int64_t tick_us; /* of time stamps; 0: their values are not compared */
    int64_t tolerance_us;
    uint32_t taken; /* of the payload, by the packets before */
};

enum scriptmatch_verdict {
    SCRIPTMATCH_FITS,   /* it is what was expected, the last of it */
    SCRIPTMATCH_MORE,   /* it is, and more must follow */
    SCRIPTMATCH_DIFFERS /* *field says in what */
};

/* Holds the next packet against what is expected, and takes it: numbers that the script gives names
   to are known to flow from then on. */
enum scriptmatch_verdict scriptmatch_take(struct scriptmatch *match, struct scriptflow *flow,
                                          const struct scriptsegment *segment, const char **field);

#endif
