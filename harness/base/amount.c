/* SPDX-License-Identifier: MIT */
#include "base/amount.h"

uint64_t amount_plus(uint64_t one, uint64_t other)
{
    uint64_t sum = 0;
    return __builtin_add_overflow(one, other, &sum) ? AMOUNT_MAX : sum;
}

uint64_t amount_times(uint64_t count, uint64_t size)
{
    uint64_t product = 0;
    return __builtin_mul_overflow(count, size, &product) ? AMOUNT_MAX : product;
}

uint64_t amount_of(int64_t number)
{
    return number < 0 ? AMOUNT_MAX : (uint64_t)number;
}
