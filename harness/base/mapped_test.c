/* SPDX-License-Identifier: MIT */
#include "base/mapped.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>

Test(mapped, four_bytes_stand_behind_the_prefix)
{
    struct in_addr four;
    char text[INET6_ADDRSTRLEN];
    cr_assert_eq(inet_pton(AF_INET, "192.0.2.33", &four), 1);
    struct in6_addr six = mapped_address(&four);
    cr_assert(IN6_IS_ADDR_V4MAPPED(&six));
    cr_assert_str_eq(inet_ntop(AF_INET6, &six, text, sizeof text), "::ffff:192.0.2.33");
}
