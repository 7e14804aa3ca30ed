/* SPDX-License-Identifier: MIT */
/*
 * System calls of a packetdrill script: NAME(VALUES) = VALUE ERRNO (note).
 */
#ifndef SOCKPROOF_CASE_PKTCALL_H
#define SOCKPROOF_CASE_PKTCALL_H

#include "case/pktcursor.h"

/* Reads the call whose name is at the cursor. What is wrong is told by the cursor. */
struct pkt_call pktcall_read(struct pktcursor *cursor);
/* The argument of that index, from 0; NULL when there are fewer. */
const struct pkt_value *pktcall_argument(const struct pkt_call *call, size_t index);
/* The member of that name in a struct, or NULL; NULL too for what is none. */
const struct pkt_value *pktcall_member(const struct pkt_value *value, const char *name);

#endif
