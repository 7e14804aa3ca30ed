/* SPDX-License-Identifier: MIT */
#include "wire/inside.h"

#include "wire/hosts.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static char why[256];

Test(inside, not_where_the_test_runs)
{
    cr_assert_not(inside_host(why, sizeof why));
    cr_assert_neq(why[0], '\0');
}

Test(inside, not_in_a_namespace_that_somebody_else_made)
{
    const char *what = "";
    if (hosts_isolate(0, &what) < 0 || unshare(CLONE_NEWNET) < 0)
        cr_skip_test("no namespaces here");
    cr_assert_not(inside_host(why, sizeof why));
    cr_assert_str_eq(why, "it lacks the interface w0 of a host");
}

Test(inside, on_both_hosts_and_not_on_the_wire)
{
    struct profile profile = {0};
    struct hosts hosts;
    const char *what = "";
    if (hosts_isolate(0, &what) < 0 || hosts_open(&hosts, &profile, why, sizeof why) < 0)
        cr_skip_test("no hosts here");
    cr_assert_not(inside_host(why, sizeof why), "the wire's own end");
    for (int side = 0; side < SIDE_COUNT; side++) {
        cr_assert_eq(setns(hosts.netns[side], CLONE_NEWNET), 0);
        cr_assert(inside_host(why, sizeof why), "%s", why);
    }
    hosts_close(&hosts);
}
