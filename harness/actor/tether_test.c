/* SPDX-License-Identifier: MIT */
#include "actor/tether.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_MS = 20000 };

static struct tether tether;
static char why[512];

/* A command that greets as a relay does, and then goes on so. */
static const char *greets(const char *rest)
{
    static char command[1024];
    char line[GREETING_ROOM];
    greeting_write(line);
    line[strlen(line) - 1] = '\0';
    snprintf(command, sizeof command, "echo '%s'; %s", line, rest);
    return command;
}

static void refused(const char *command, const char *reason)
{
    cr_assert_not(tether_begin(&tether, command, LIMIT_MS, why, sizeof why), "%s", command);
    cr_expect_str_eq(why, reason);
    tether_end(&tether);
}

Test(tether, what_is_no_relay_is_refused_with_its_reason)
{
    refused("exec 2>/dev/null; no-such-command", "its command ended with exit status 127");
    refused("exit 0", "its command ended with exit status 0");
    refused("kill -SEGV $$", "its command was ended by SIGSEGV");
    refused("exec >&-; cat >/dev/null", "its command has closed its standard output and goes on");
    refused("echo hello", "its command ended with exit status 0; it printed 6 bytes, and no "
                          "greeting of a relay among them; first words: \"hello\"");
    refused("printf 'sockproof-relay protocol=1'; exit 2",
            "its command ended with exit status 2; it printed 26 bytes, and no greeting of a relay "
            "among them; first words: \"sockproof-relay protocol=1\"");
    refused("head -c 100000000 /dev/zero; cat",
            "its command printed more than 1048576 bytes before its greeting; first words: "
            "\"????????????????????????????????????????\"");
    refused("yes", "its command printed more than 1048576 bytes before its greeting; first words: "
                   "\"y y y y y y y y y y y y y y y y y y y y\"");
}

Test(tether, what_stands_before_the_greeting_is_passed_over)
{
    const char *banner = "head -c 1000000 /dev/zero; echo; echo welcome; ";
    char command[2048];
    snprintf(command, sizeof command, "%s%s", banner, greets("exec cat"));
    cr_assert(tether_begin(&tether, command, LIMIT_MS, why, sizeof why), "%s", why);
    cr_assert_eq(tether.greeting.protocol, RELAY_PROTOCOL);
    cr_assert_eq(tether.got, tether.taken);
    tether_end(&tether);
}

Test(tether, one_that_says_something_else_and_goes_on_is_given_up)
{
    cr_assert_not(tether_begin(&tether, "echo hello; exec cat", 250, why, sizeof why));
    cr_assert_str_eq(why,
                     "its relay did not begin in 0.25 s: it printed 6 bytes, and no greeting of "
                     "a relay among them; first words: \"hello\"");
    tether_end(&tether);
}

Test(tether, one_that_says_nothing_is_given_up)
{
    cr_assert_not(tether_begin(&tether, "exec cat", 250, why, sizeof why));
    cr_assert_str_eq(why, "its relay did not begin in 0.25 s");
    tether_end(&tether);
}

/* The next frame, or -1 with the reason, whenever it comes. */
static int next(enum frame_kind *kind, struct opened *opened)
{
    int got = 0;
    while ((got = tether_receive(&tether, kind, opened, why, sizeof why)) == 0)
        tether_serve(&tether, -1, -1);
    return got;
}

/* cat gives back what it is sent: more than fits into a pipe. */
Test(tether, frames_go_and_come)
{
    enum { SIZE = 8 << 20 };
    struct frame_out frame = {0};
    struct opened opened;
    enum frame_kind kind = FRAME_KINDS;
    char *bytes = calloc(1, SIZE);
    cr_assert(tether_begin(&tether, greets("exec cat"), LIMIT_MS, why, sizeof why), "%s", why);
    for (int i = 1; i <= 3; i++) {
        frame_begin(&frame, FRAME_CALL);
        frame_number(&frame, (uint64_t)i);
        frame_bytes(&frame, bytes, i == 2 ? SIZE : 1);
        frame_end(&frame);
        tether_send(&tether, &frame);
    }
    for (int i = 1; i <= 3; i++) {
        cr_assert_eq(next(&kind, &opened), 1);
        cr_assert_eq(kind, FRAME_CALL);
        cr_assert_eq(opened_number(&opened), (uint64_t)i);
        cr_assert_eq(opened.left, i == 2 ? (size_t)SIZE : 1);
    }
    tether_end(&tether);
    frame_free(&frame);
    free(bytes);
}

Test(tether, its_end_is_told)
{
    enum frame_kind kind = FRAME_KINDS;
    struct opened opened;
    cr_assert(tether_begin(&tether, greets("exit 3"), LIMIT_MS, why, sizeof why));
    cr_assert_eq(next(&kind, &opened), -1);
    cr_assert_str_eq(why, "its command ended with exit status 3");
    tether_end(&tether);
}

Test(tether, what_is_printed_between_frames_is_told)
{
    enum frame_kind kind = FRAME_KINDS;
    struct opened opened;
    cr_assert(
        tether_begin(&tether, greets("echo a line of a program; cat"), LIMIT_MS, why, sizeof why));
    cr_assert_eq(next(&kind, &opened), -1);
    cr_assert_not_null(strstr(why, "what is no frame"));
    tether_end(&tether);
}
