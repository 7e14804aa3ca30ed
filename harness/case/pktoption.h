/* SPDX-License-Identifier: MIT */
/*
 * The options of a packetdrill script: --ip_version=ipv4, --tolerance_usecs=10000.
 */
#ifndef SOCKPROOF_CASE_PKTOPTION_H
#define SOCKPROOF_CASE_PKTOPTION_H

#include "case/pkt.h"

/* Complains of values that an option does not take, and notes options that are not known. */
void pktoption_check(struct pkt_script *script, struct complaints *list);
/* Which families the script is for: bit 0 IPv4, bit 1 IPv6, bit 2 IPv4 through IPv6. */
unsigned pktoption_families(const struct pkt_script *script);
/* The number that the option is given, or otherwise. */
int64_t pktoption_number(const struct pkt_script *script, const char *name, int64_t otherwise);
/* True when the option stands there, and is not given 0 or false. */
bool pktoption_is_set(const struct pkt_script *script, const char *name);

#endif
