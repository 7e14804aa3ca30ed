/* SPDX-License-Identifier: MIT */
/*
 * The options of a header as events tell them.
 */
#ifndef SOCKPROOF_PACKET_OPTIONTEXT_H
#define SOCKPROOF_PACKET_OPTIONTEXT_H

#include "packet/compact.h"
#include "packet/headoption.h"

enum { OPTIONTEXT_LINE = 512 }; /* more than 40 bytes of options take */

/* Appends the options of value, which field_read gave of header, as JSON and as a case writes them:
   [{"mss":1460},"sackok",{"ts":{"val":1,"ecr":0}},"nop",{"sack":[[4,7]]},{"raw":{"kind":254,"hex":
   "00"}}]. */
void optiontext_write(struct compact *text, const struct headoption_set *set,
                      const struct header *header, const struct value *value);
/* The same for people, without padding: "mss 1460,sackok,ts val 1 ecr 0". Returns how many options
   it tells. */
int optiontext_line(const struct headoption_set *set, const struct header *header,
                    const struct value *value, char out[OPTIONTEXT_LINE]);

#endif
