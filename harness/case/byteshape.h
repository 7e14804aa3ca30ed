/* SPDX-License-Identifier: MIT */
/*
 * The shapes of bytes in a packet, which are no part of a stream's pattern.
 */
#ifndef SOCKPROOF_CASE_BYTESHAPE_H
#define SOCKPROOF_CASE_BYTESHAPE_H

#include "case/shape.h"

extern const struct shape byteshape_seen; /* bytes, or matchers over them */
extern const struct shape byteshape_made; /* a text, or text, hex or zeros in a mapping */

#endif
