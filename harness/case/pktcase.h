/* SPDX-License-Identifier: MIT */
/*
 * A packetdrill script as a case: its variants, a step for each event.
 */
#ifndef SOCKPROOF_CASE_PKTCASE_H
#define SOCKPROOF_CASE_PKTCASE_H

#include "case/case.h"

/* True for the path of a script, which ends with .pkt. */
bool pktcase_is(const char *path);
/* Reads the text in file->complaints into file, as variants ipv4, ipv6 and ipv4-mapped-ipv6 unless
   the script's options say which. What is wrong is added to the complaints; what is not known, or
   not carried out, is the reason for which the variants are skipped. */
void pktcase_read(struct casefile *file);

#endif
