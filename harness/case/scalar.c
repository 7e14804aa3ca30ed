/* SPDX-License-Identifier: MIT */
#include "case/scalar.h"

#include "base/quantity.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool scalar_is_name(const char *text)
{
    bool good = isalpha((unsigned char)*text) || *text == '_';
    for (; *text != '\0' && good; text++)
        good = isalnum((unsigned char)*text) || *text == '_' || *text == '-';
    return good;
}

bool scalar_is_actor(const char *text)
{
    bool side = strncmp(text, "client", 6) == 0 || strncmp(text, "server", 6) == 0;
    const char *number = side ? text + 6 : "x";
    size_t digits = strspn(number, "0123456789");
    return number[digits] == '\0' && digits <= 3 && number[0] != '0';
}

bool scalar_is_hex(const char *text)
{
    size_t digits = 0;
    for (; *text != '\0'; text++) {
        if (isxdigit((unsigned char)*text))
            digits++;
        else if (*text != ' ')
            return false;
    }
    return digits % 2 == 0;
}

bool scalar_is_ratio(const char *text)
{
    char *end = NULL;
    if (!isdigit((unsigned char)*text) || strspn(text, "0123456789.") != strlen(text))
        return false;
    double ratio = strtod(text, &end);
    return *end == '\0' && ratio > 0.0 && ratio <= 1.0;
}

/* 0 is 0 in every unit. */
static bool is_time(struct quantity quantity)
{
    return quantity.unit == UNIT_TIME || (quantity.unit == UNIT_NONE && quantity.value == 0);
}

bool scalar_is_quantity(const char *text, enum scalar_unit unit, int64_t least, int64_t most)
{
    struct quantity quantity;
    if (!quantity_parse(text, &quantity))
        return false;
    bool fits = unit == SCALAR_TIME   ? is_time(quantity)
                : unit == SCALAR_SIZE ? quantity.unit != UNIT_TIME
                                      : quantity.unit == UNIT_NONE;
    return fits && quantity.value >= least && quantity.value <= most;
}
