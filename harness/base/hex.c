/* SPDX-License-Identifier: MIT */
#include "base/hex.h"

#include <ctype.h>

size_t hex_read(const char *text, uint8_t *out)
{
    size_t digits = 0;
    for (; *text != '\0'; text++) {
        if (!isxdigit((unsigned char)*text))
            continue;
        int digit = isdigit((unsigned char)*text) ? *text - '0' : tolower(*text) - 'a' + 10;
        if (out != NULL)
            out[digits / 2] = (uint8_t)(digits % 2 == 0 ? digit << 4 : out[digits / 2] | digit);
        digits++;
    }
    return digits / 2;
}
