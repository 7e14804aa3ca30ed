/* SPDX-License-Identifier: MIT */
/*
 * A quantity: an integer with the unit that a case file may give it. Sizes come out in bytes,
 * times in microseconds, bare integers as they are.
 */
#ifndef SOCKPROOF_BASE_QUANTITY_H
#define SOCKPROOF_BASE_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

enum unit { UNIT_NONE, UNIT_BYTES, UNIT_TIME };

struct quantity {
    int64_t value; /* UNIT_BYTES: bytes; UNIT_TIME: microseconds; UNIT_NONE: the integer */
    enum unit unit;
};

/* Reads all of text: an optional minus, decimal or 0x digits, then nothing, KiB, MiB, us, ms or s.
   False when text is not such a number or does not fit. Thread-safe. */
bool quantity_parse(const char *text, struct quantity *out);

#endif
