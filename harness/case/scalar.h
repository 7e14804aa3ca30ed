/* SPDX-License-Identifier: MIT */
/*
 * A scalar: what a text may be read as, apart from where it stands. Thread-safe.
 */
#ifndef SOCKPROOF_CASE_SCALAR_H
#define SOCKPROOF_CASE_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

/* Letters, digits, '_' and '-', a letter or '_' first. */
bool scalar_is_name(const char *text);
/* client, server, client2 … */
bool scalar_is_actor(const char *text);
/* Pairs of hex digits, blanks between. */
bool scalar_is_hex(const char *text);
/* A decimal number above 0, at most 1. */
bool scalar_is_ratio(const char *text);

enum scalar_unit { SCALAR_BARE, SCALAR_SIZE, SCALAR_TIME };
/* A quantity from least to most: without a unit; bare or in KiB, MiB; or a time with its unit (0
   needs none), in microseconds. */
bool scalar_is_quantity(const char *text, enum scalar_unit unit, int64_t least, int64_t most);

#endif
