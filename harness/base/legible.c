/* SPDX-License-Identifier: MIT */
#include "base/legible.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The bytes that a character has by its first one; 0: none begins so. */
static size_t length_by(unsigned char first)
{
    size_t length = first >= 0x20 && first < 0x7f ? 1 : 0;
    if (first >= 0xc2 && first < 0xf5)
        length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return length;
}

/* Whether the second byte makes a character with the first: no longer form than it needs, no
   surrogate, nothing beyond the last of them (RFC 3629, 4). */
static bool may_follow(unsigned char first, unsigned char second)
{
    unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    return second >= least && second <= most;
}

/* How many bytes of the character that should have length of them there are. */
static size_t there(const unsigned char *at, size_t length)
{
    size_t count = 1;
    while (count < length &&
           (count == 1 ? may_follow(at[0], at[1]) : at[count] >= 0x80 && at[count] <= 0xbf))
        count++;
    return count;
}

void legible_make(char *text)
{
    unsigned char *at = (unsigned char *)text;
    while (*at != '\0') {
        size_t length = length_by(*at);
        size_t count = length > 0 ? there(at, length) : 0;
        if (length > 0 && count == length)
            at += length;
        else if (count > 0 && at[count] == '\0')
            *at = '\0';
        else
            *at++ = '?';
    }
}

void legible_copy(char *to, size_t size, const char *from, size_t room)
{
    size_t length = strnlen(from, room < size ? room : size - 1);
    memcpy(to, from, length);
    to[length] = '\0';
    legible_make(to);
}
