/* SPDX-License-Identifier: MIT */
#include "wire/sysctls.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char text[128];

/* How two takings differ, in words; "" when they do not. */
static const char *difference(const char *before, const char *now)
{
    text[0] = '\0';
    cr_assert_eq(sysctls_differ(before, now, text, sizeof text), text[0] != '\0');
    return text;
}

Test(sysctls, the_first_difference_is_told)
{
    static const char before[] = "net.a\t1\nnet.b\t2 3\nnet.d\t4\n";
    cr_assert_str_eq(difference(before, before), "");
    cr_assert_str_eq(difference(before, "net.a\t1\nnet.b\t2 5\nnet.d\t9\n"),
                     "net.b is 2 5 where it was 2 3");
    cr_assert_str_eq(difference(before, "net.a\t12\nnet.b\t2 3\nnet.d\t4\n"),
                     "net.a is 12 where it was 1");
    cr_assert_str_eq(difference(before, "net.a\t1\nnet.d\t4\n"), "net.b is gone");
    cr_assert_str_eq(difference(before, "net.a\t1\nnet.b\t2 3\nnet.c\t0\nnet.d\t4\n"),
                     "net.c is new");
    cr_assert_str_eq(difference(before, "net.a\t1\nnet.b\t2 3\n"), "net.d is gone");
    cr_assert_str_eq(difference("", "net.a\t1\n"), "net.a is new");
}

Test(sysctls, what_they_say_is_taken)
{
    char *all = sysctls_take();
    cr_assert_not_null(all);
    cr_assert_not_null(strstr(all, "net.ipv4.ip_default_ttl\t"));
    cr_assert_null(strstr(all, "net.ipv4.ip_local_port_range\t"));
    cr_assert_str_eq(difference(all, all), "");
    free(all);
}
