/* SPDX-License-Identifier: MIT */
/*
 * The parser of packetdrill scripts: text into a tree.
 */
#ifndef SOCKPROOF_CASE_PKTPARSE_H
#define SOCKPROOF_CASE_PKTPARSE_H

#include "case/pkt.h"

/* Parses list->text. The script, owned by list->arena; never NULL. What is wrong is added to list:
   all of it, an event each; what the reader does not know stands in the script's lacks. */
struct pkt_script *pktparse(struct complaints *list);

#endif
