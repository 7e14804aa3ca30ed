/* SPDX-License-Identifier: MIT */
#include "packet/naming.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

static struct in6_addr address(const char *text)
{
    struct in6_addr out;
    cr_assert_eq(inet_pton(AF_INET6, text, &out), 1);
    return out;
}

static void expect_name(const struct naming *naming, const char *text, const char *name)
{
    char digits[INET6_ADDRSTRLEN];
    struct in6_addr host = address(text);
    int family = IN6_IS_ADDR_V4MAPPED(&host) ? AF_INET : AF_INET6;
    cr_expect_str_eq(naming_name(naming, family, &host, digits), name, "%s", text);
}

Test(naming, hosts_have_names_and_others_digits)
{
    struct naming naming = {.client = {address("::ffff:10.0.0.1"), address("fd00::1")},
                            .server = {address("::ffff:10.0.0.2"), address("fd00::2")}};
    expect_name(&naming, "::ffff:10.0.0.1", "client");
    expect_name(&naming, "fd00::2", "server");
    expect_name(&naming, "::ffff:10.0.0.3", "10.0.0.3");
    expect_name(NULL, "::ffff:10.0.0.1", "10.0.0.1");
    expect_name(&naming, "::", "any");
    naming.second[SIDE_CLIENT][0] = address("::ffff:10.0.1.1");
    naming.second[SIDE_SERVER][1] = address("fd01::2");
    expect_name(&naming, "::ffff:10.0.1.1", "client-second");
    expect_name(&naming, "fd01::2", "server-second");
    expect_name(&naming, "::", "any");
}

Test(naming, special_hosts_have_an_address_and_its_name_in_both_families)
{
    static const char *const names[] = {"any", "loopback", "blackhole"};
    static const int families[] = {AF_INET, AF_INET6};
    for (int i = 0; i < 6; i++) {
        char digits[INET6_ADDRSTRLEN];
        struct in6_addr host;
        cr_assert(naming_special(names[i / 2], families[i % 2], &host));
        cr_expect_eq(IN6_IS_ADDR_V4MAPPED(&host), families[i % 2] == AF_INET);
        cr_expect_str_eq(naming_name(NULL, families[i % 2], &host, digits), names[i / 2]);
    }
    struct in6_addr none;
    cr_expect_not(naming_special("client", AF_INET, &none));
}

Test(naming, cases_can_say_every_name)
{
    for (const char *const *name = naming_names; *name != NULL; name++) {
        struct in6_addr host;
        bool known = naming_special(*name, AF_INET, &host) || strncmp(*name, "client", 6) == 0 ||
                     strncmp(*name, "server", 6) == 0;
        cr_expect(known, "%s", *name);
    }
}
