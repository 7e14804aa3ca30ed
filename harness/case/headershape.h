/* SPDX-License-Identifier: MIT */
/*
 * The shapes of a header's options, made from packet/option.def: as they are seen, with matchers,
 * and as they are made.
 */
#ifndef SOCKPROOF_CASE_HEADERSHAPE_H
#define SOCKPROOF_CASE_HEADERSHAPE_H

#include "case/shape.h"

/* Lists of options, or of extension headers. */
extern const struct shape headershape_seen_tcp, headershape_seen_ip4, headershape_seen_ip6;
extern const struct shape headershape_made_tcp, headershape_made_ip4, headershape_made_ip6;
/* Mappings of the options that have more than a name, with what stands behind it as it is seen. */
extern const struct shape *const headershape_value_tcp, *const headershape_value_ip4,
                                                            *const headershape_value_ip6;

#endif
