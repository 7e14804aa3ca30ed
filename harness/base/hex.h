/* SPDX-License-Identifier: MIT */
/*
 * Bytes as pairs of hex digits.
 */
#ifndef SOCKPROOF_BASE_HEX_H
#define SOCKPROOF_BASE_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Reads pairs of hex digits from text, in which all else is skipped, into out, which has room for
   them; out may be NULL. Returns how many bytes they are. */
size_t hex_read(const char *text, uint8_t *out);

#endif
