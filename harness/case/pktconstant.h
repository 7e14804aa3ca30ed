/* SPDX-License-Identifier: MIT */
/*
 * Constants that packetdrill scripts name and that case files have no use for: bits of time
 * stamping (linux/net_tstamp.h), codes of queued errors (linux/errqueue.h).
 */
#ifndef SOCKPROOF_CASE_PKTCONSTANT_H
#define SOCKPROOF_CASE_PKTCONSTANT_H

#include <stdbool.h>
#include <stdint.h>

/* The value of that name. False when it is none. */
bool pktconstant_find(const char *name, int64_t *value);

#endif
