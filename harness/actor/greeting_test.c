/* SPDX-License-Identifier: MIT */
#include "actor/greeting.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct greeting greeting;
static char why[512];

Test(greeting, its_own_is_understood)
{
    char line[GREETING_ROOM];
    greeting_write(line);
    cr_assert_eq(line[strlen(line) - 1], '\n');
    line[strlen(line) - 1] = '\0';
    cr_assert(greeting_read(line, &greeting, why, sizeof why), "%s", why);
    cr_assert_eq(greeting.protocol, RELAY_PROTOCOL);
    cr_assert_neq(greeting.kernel[0], '\0');
}

/* Its first word: the line is one of words. */
Test(greeting, a_system_says_itself_what_release_it_is_of)
{
    char line[GREETING_ROOM];
    setenv("SOCKPROOF_VERSION", "0.0~20221219 of\ngVisor", 1);
    greeting_write(line);
    cr_assert_eq(strchr(line, '\n'), line + strlen(line) - 1);
    *strchr(line, '\n') = '\0';
    cr_assert(greeting_read(line, &greeting, why, sizeof why), "%s", why);
    cr_assert_str_eq(greeting.kernel, "0.0~20221219");
    cr_assert_not(greeting.alone);
}

Test(greeting, a_relay_may_have_its_host_alone)
{
    char line[GREETING_ROOM];
    setenv("SOCKPROOF_ALONE", "1", 1);
    greeting_write(line);
    *strchr(line, '\n') = '\0';
    cr_assert(greeting_read(line, &greeting, why, sizeof why), "%s", why);
    cr_assert(greeting.alone);
}

Test(greeting, another_version_is_told)
{
    cr_assert_not(greeting_read("sockproof-relay protocol=1", &greeting, why, sizeof why));
    cr_assert_str_eq(why, "its relay speaks version 1 of the protocol, and this build version 2: "
                          "start the relay of this build there");
}

Test(greeting, another_table_is_told_with_its_machine)
{
    char line[GREETING_ROOM];
    snprintf(line, sizeof line,
             "sockproof-relay protocol=2 table=%016" PRIx64
             " layout=0 word=64 sctp=0 machine=s390x kernel=6.1",
             greeting_table() + 1);
    cr_assert_not(greeting_read(line, &greeting, why, sizeof why));
    cr_assert_not_null(strstr(why, "it runs on s390x"));
}

Test(greeting, it_is_found_at_the_beginning_of_a_line_only)
{
    static const char said[] = "Welcome to sockproof-relay\n\0\nsockproof-relay protocol=1\n";
    const char *found = greeting_find(said, sizeof said - 1);
    cr_assert_not_null(found);
    cr_assert_str_eq(found, "sockproof-relay protocol=1\n");
    cr_assert_eq(greeting_find(found, 30), found);
    cr_assert_null(greeting_find(said, 40)); /* it is not whole */
    cr_assert_null(greeting_find(said, 10));
    cr_assert_null(greeting_find(said, 0));
}

/* Of another byte order and with other numbers, but for SCTP. */
Test(greeting, another_machine_is_understood)
{
    char line[GREETING_ROOM];
    for (int same = 0; same < 2; same++) {
        snprintf(line, sizeof line,
                 "sockproof-relay protocol=2 table=%016" PRIx64 " layout=%016" PRIx64
                 " word=32 sctp=1 machine=mips kernel=6.1",
                 greeting_table(), greeting_layout() + !same);
        cr_assert(greeting_read(line, &greeting, why, sizeof why), "%s", why);
        cr_assert_eq(greeting.sctp, same);
    }
}

Test(greeting, longer_words_are_told)
{
    char line[GREETING_ROOM];
    snprintf(line, sizeof line,
             "sockproof-relay protocol=2 table=%016" PRIx64
             " layout=0 word=128 sctp=0 machine=far kernel=9.1",
             greeting_table());
    cr_assert_not(greeting_read(line, &greeting, why, sizeof why));
    cr_assert_not_null(strstr(why, "has words of 128 bits, and this build of 64"));
}

Test(greeting, anything_else_is_shown)
{
    static const char said[] = "Welcome to \033[1mthe machine\nof somebody who likes long lines\n";
    char words[GREETING_WORDS];
    greeting_words(said, sizeof said - 1, words);
    cr_assert_str_eq(words, "Welcome to ?[1mthe machine of somebody w");
    greeting_words("hello\n", 6, words);
    cr_assert_str_eq(words, "hello");
    greeting_words("", 0, words);
    cr_assert_str_eq(words, "");
}
