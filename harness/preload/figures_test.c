/* SPDX-License-Identifier: MIT */
#include "preload/figures.h"

#include <criterion/criterion.h>

Test(figures, addresses_ask_nobody)
{
    const char *const addresses[] = {"127.0.0.1", "127.1", "::1", "fd00::2", "fe80::1%lo", NULL};
    const char *const names[] = {"localhost", "example.org", "127.0.0.1.example", "fe80::1::2", ""};
    const struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST}, any = {.ai_flags = AI_PASSIVE};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        cr_expect(figures(addresses[i]), "%d", (int)i);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect_not(figures(names[i]), "%s", names[i]);
    cr_expect(figures_of_host("localhost", &numeric));
    cr_expect_not(figures_of_host("localhost", &any));
    cr_expect_not(figures_of_host("localhost", NULL));
}
