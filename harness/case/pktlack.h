/* SPDX-License-Identifier: MIT */
/*
 * What of a packetdrill script is understood, and cannot be carried out.
 */
#ifndef SOCKPROOF_CASE_PKTLACK_H
#define SOCKPROOF_CASE_PKTLACK_H

#include "case/pkt.h"

/* Notes the lacks of all events. */
void pktlack_note(struct pkt_script *script);

#endif
