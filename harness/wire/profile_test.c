/* SPDX-License-Identifier: MIT */
#include "wire/profile.h"

#include <criterion/criterion.h>

Test(profile, key_becomes_path)
{
    char path[PROFILE_PATH];
    cr_assert_eq(profile_path("net.ipv4.tcp_sack", path, sizeof path), 0);
    cr_assert_str_eq(path, "/proc/sys/net/ipv4/tcp_sack");
    cr_assert_eq(profile_path("net.ipv4.tcp_sack", path, 12), -1);
}

Test(profile, white_space_does_not_count)
{
    cr_assert(profile_same("4096 131072 6291456", "4096\t131072\t6291456\n"));
    cr_assert(profile_same("", "\n"));
    cr_assert_not(profile_same("10", "1 0"));
    cr_assert_not(profile_same("1", "10"));
    cr_assert_not(profile_same("0 0", "0"));
}
