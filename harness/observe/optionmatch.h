/* SPDX-License-Identifier: MIT */
/*
 * Matching options: what a case expects of the options of a header, against those that it has.
 */
#ifndef SOCKPROOF_OBSERVE_OPTIONMATCH_H
#define SOCKPROOF_OBSERVE_OPTIONMATCH_H

#include "case/node.h"
#include "packet/headoption.h"

/* True when the options of value, which field_read gave of header, are those of expected: a list,
   exactly these and in this order; {has: […]}, each of these in any order; {not: …}, {any_of: […]}.
   An option that is named alone has any value, and fields of it that are not given are free. raw
   looks at the bytes of any option. */
bool optionmatch(const struct node *expected, const struct headoption_set *set,
                 const struct header *header, const struct value *value);

#endif
