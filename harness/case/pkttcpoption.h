/* SPDX-License-Identifier: MIT */
/*
 * TCP options of a packetdrill script: <mss 1000,sackOK,nop,wscale 7>.
 */
#ifndef SOCKPROOF_CASE_PKTTCPOPTION_H
#define SOCKPROOF_CASE_PKTTCPOPTION_H

#include "case/pktcursor.h"

/* Reads the options that begin at the cursor, with <, into packet. What is wrong, and what is not
   known, is told by the cursor. */
void pkttcpoption_read(struct pktcursor *cursor, struct pkt_packet *packet);
/* As scripts call it: "mss", "TS". Static storage. */
const char *pkttcpoption_name(enum pkt_option_kind kind);

#endif
