/* SPDX-License-Identifier: MIT */
/*
 * An amount: of bytes, or of whatever is counted, from numbers that anybody may have written. What
 * is too much to be a number is AMOUNT_MAX, which nobody has room for: it never wraps into little.
 */
#ifndef SOCKPROOF_BASE_AMOUNT_H
#define SOCKPROOF_BASE_AMOUNT_H

#include <stdint.h>

#define AMOUNT_MAX UINT64_MAX

/* one and other; AMOUNT_MAX when that is more than a number holds. Thread-safe. */
uint64_t amount_plus(uint64_t one, uint64_t other);
/* count times size; AMOUNT_MAX when that is more than a number holds. Thread-safe. */
uint64_t amount_times(uint64_t count, uint64_t size);
/* The number as an amount: AMOUNT_MAX for what is below 0, which is none. Thread-safe. */
uint64_t amount_of(int64_t number);

#endif
