/* SPDX-License-Identifier: MIT */
/*
 * The names of the codes of packetdrill scripts: members of TCP_INFO, and constants that belong to
 * them.
 */
#ifndef SOCKPROOF_CASE_PKTINFO_H
#define SOCKPROOF_CASE_PKTINFO_H

#include "case/pktcode.h"

/* The room that TCP_INFO may take. */
#define PKTINFO_ROOM 512

/* True for a name that a code may speak of. */
bool pktinfo_knows(const char *name);
/* What name stands for where TCP_INFO is the size bytes; unknown for a name that is none, and for a
   member that the kernel did not give. */
struct pktnumber pktinfo_value(const void *bytes, size_t size, const char *name);

#endif
