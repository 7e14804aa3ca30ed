/* SPDX-License-Identifier: MIT */
#include "preload/remote.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>

/* What is left of an address, written as people do. */
static const char *kept_of(int family, const char *address, unsigned port)
{
    static char text[64];
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    void *at = family == AF_INET ? (void *)&four.sin_addr : &six.sin6_addr;
    cr_assert_eq(inet_pton(family, address, at), 1);
    int64_t packed = family == AF_INET ? remote_pack((struct sockaddr *)&four, sizeof four)
                                       : remote_pack((struct sockaddr *)&six, sizeof six);
    return remote_text(packed, text, sizeof text) ? text : "";
}

Test(remote, an_address_of_IPv4_is_kept_whole)
{
    cr_assert_str_eq(kept_of(AF_INET, "127.0.0.1", 80), "127.0.0.1:80");
    cr_assert_str_eq(kept_of(AF_INET, "255.254.253.252", 65535), "255.254.253.252:65535");
    cr_assert_str_eq(kept_of(AF_INET6, "::ffff:10.0.0.2", 443), "10.0.0.2:443");
}

Test(remote, of_IPv6_the_port_is_and_whether_it_is_this_host)
{
    cr_assert_str_eq(kept_of(AF_INET6, "::1", 80), "[::1]:80");
    cr_assert_str_eq(kept_of(AF_INET6, "fd00::2", 53), "[ipv6]:53");
}

Test(remote, what_has_no_port_is_nobody)
{
    char text[64];
    struct sockaddr local = {.sa_family = AF_UNIX};
    struct sockaddr_in cut = {.sin_family = AF_INET, .sin_port = 80};
    cr_assert_eq(remote_pack(NULL, 0), 0);
    cr_assert_eq(remote_pack(&local, sizeof local), 0);
    cr_assert_eq(remote_pack((struct sockaddr *)&cut, 4), 0, "it is shorter than it says");
    cr_assert_not(remote_text(0, text, sizeof text));
}
