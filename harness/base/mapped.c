/* SPDX-License-Identifier: MIT */
#include "base/mapped.h"

#include <string.h>

struct in6_addr mapped_address(const void *four)
{
    struct in6_addr six = {.s6_addr = {[10] = 0xff, [11] = 0xff}};
    memcpy(six.s6_addr + 12, four, sizeof(struct in_addr));
    return six;
}
