/* SPDX-License-Identifier: MIT */
#include "base/quantity.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *suffix;
    int64_t factor;
    enum unit unit;
} units[] = {
    {"", 1, UNIT_NONE},   {"KiB", 1024, UNIT_BYTES}, {"MiB", 1048576, UNIT_BYTES},
    {"us", 1, UNIT_TIME}, {"ms", 1000, UNIT_TIME},   {"s", 1000000, UNIT_TIME},
};

static int digit_of(char c, int base)
{
    int digit = -1;
    if (isdigit((unsigned char)c))
        digit = c - '0';
    else if (base == 16 && isxdigit((unsigned char)c))
        digit = tolower((unsigned char)c) - 'a' + 10;
    return digit;
}

/* The digits at *text as a number; moves *text behind them. False on none, or on overflow. */
static bool digits(const char **text, bool negative, int64_t *value)
{
    int base = (*text)[0] == '0' && (*text)[1] == 'x' ? 16 : 10;
    const char *begin = *text += base == 16 ? 2 : 0;
    bool fits = true;
    *value = 0;
    for (int digit; (digit = digit_of(**text, base)) >= 0; (*text)++) {
        fits = fits && !__builtin_mul_overflow(*value, base, value) &&
               !__builtin_add_overflow(*value, negative ? -digit : digit, value);
    }
    return fits && *text != begin;
}

bool quantity_parse(const char *text, struct quantity *out)
{
    bool negative = *text == '-';
    int64_t value = 0;
    text += negative ? 1 : 0;
    if (!digits(&text, negative, &value))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text, units[i].suffix) != 0)
            continue;
        out->unit = units[i].unit;
        return !__builtin_mul_overflow(value, units[i].factor, &out->value);
    }
    return false;
}
