/* SPDX-License-Identifier: MIT */
#include "preload/selector.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>

/* Whether the peer, as people write it, is that address and port. */
static bool is(const char *written, int family, const char *address, unsigned port)
{
    struct selector selector = {.by_peer = false};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    void *at = family == AF_INET ? (void *)&four.sin_addr : &six.sin6_addr;
    cr_assert(selector_peer(&selector, written), "%s", written);
    cr_assert(selector.by_peer);
    cr_assert_eq(inet_pton(family, address, at), 1);
    return family == AF_INET ? selector_is_peer(&selector, (struct sockaddr *)&four, sizeof four)
                             : selector_is_peer(&selector, (struct sockaddr *)&six, sizeof six);
}

Test(selector, an_address_takes_any_port)
{
    cr_assert(is("10.0.0.2", AF_INET, "10.0.0.2", 80));
    cr_assert(is("fd00::2", AF_INET6, "fd00::2", 1));
    cr_assert_not(is("10.0.0.2", AF_INET, "10.0.0.3", 80));
    cr_assert_not(is("fd00::2", AF_INET6, "fd00::3", 1));
}

Test(selector, a_port_is_that_port)
{
    cr_assert(is("10.0.0.2:80", AF_INET, "10.0.0.2", 80));
    cr_assert_not(is("10.0.0.2:80", AF_INET, "10.0.0.2", 81));
    cr_assert(is("[fd00::2]:80", AF_INET6, "fd00::2", 80));
    cr_assert_not(is("[fd00::2]:80", AF_INET6, "fd00::2", 8));
    cr_assert(is("[fd00::2]", AF_INET6, "fd00::2", 8));
}

Test(selector, a_port_alone_is_of_any_address)
{
    cr_assert(is(":80", AF_INET, "10.0.0.2", 80));
    cr_assert(is(":80", AF_INET6, "fd00::2", 80));
    cr_assert_not(is(":80", AF_INET, "10.0.0.2", 8080));
}

Test(selector, a_socket_of_both_families_has_the_same_peer)
{
    cr_assert(is("10.0.0.2:80", AF_INET6, "::ffff:10.0.0.2", 80));
    cr_assert(is("::ffff:10.0.0.2", AF_INET, "10.0.0.2", 80));
}

Test(selector, what_is_no_peer_changes_nothing)
{
    const char *const others[] = {"",          "host",        "10.0.0",     "10.0.0.2:", ":",
                                  ":0",        ":65536",      "10.0.0.2:x", "[fd00::2",  "[]:80",
                                  "fd00::2::", "[10.0.0.2]x", ":80x",       "1.2.3.4:-1"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct selector selector = {.port = 7};
        cr_assert_not(selector_peer(&selector, others[i]), "'%s'", others[i]);
        cr_assert_not(selector.by_peer);
        cr_assert_eq(selector.port, 7);
    }
}

Test(selector, nobody_and_other_families_are_no_peer)
{
    struct selector selector = {.any_address = true};
    struct sockaddr local = {.sa_family = AF_UNIX};
    struct sockaddr_in cut = {.sin_family = AF_INET};
    cr_assert_not(selector_is_peer(&selector, NULL, 0));
    cr_assert_not(selector_is_peer(&selector, &local, sizeof local));
    cr_assert_not(selector_is_peer(&selector, (struct sockaddr *)&cut, 3));
    cr_assert(selector_is_peer(&selector, (struct sockaddr *)&cut, sizeof cut));
}

Test(selector, names_of_processes_and_threads)
{
    const char *const good[] = {"0", "0.2", "0/1", "x/3", "0.1.2.3", "0a1b2c3d4.5"};
    const char *const bad[] = {
        "", ".1", "0.", "1", "a.1", "/0", "1/", "0 1", "main", "0,1", "0.1.2.3.4.5.6.7.8.9.10.11"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_assert(selector_is_lineage(good[i]), "'%s'", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(selector_is_lineage(bad[i]), "'%s'", bad[i]);
}
