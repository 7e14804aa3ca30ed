/* SPDX-License-Identifier: MIT */
/*
 * The shapes of a header's options, made from packet/option.def: as they are seen, with matchers,
 * and as they are made.
 */
#ifndef SOCKPROOF_CASE_HEADERSHAPE_H
#define SOCKPROOF_CASE_HEADERSHAPE_H

#include "case/shape.h"

extern const struct shape headershape_seen_tcp, headershape_made_tcp; /* lists of options */
/* The options that have more than a name, and what stands behind it as they are seen. Ended by
   NULL. */
extern const struct shape_member headershape_values_tcp[];

#endif
