/* SPDX-License-Identifier: MIT */
#include "observe/match.h"

#include "case/reader.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;

static void begin(void)
{
    arena = arena_new();
}

static void end(void)
{
    arena_free(arena);
}

TestSuite(match, .init = begin, .fini = end);

static const struct node *yaml(const char *text)
{
    struct complaints *list = arena_alloc(arena, sizeof *list);
    *list =
        (struct complaints){.arena = arena, .file = "test", .text = text, .length = strlen(text)};
    const struct node *root = reader_parse(list);
    cr_assert_not_null(root, "%s", text);
    return root;
}

static bool matches(const char *expected, const char *observed)
{
    json_t *json = json_loads(observed, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    cr_assert_not_null(json, "%s", observed);
    bool yes = match_value(yaml(expected), json);
    json_decref(json);
    return yes;
}

static bool matches_bytes(const char *expected, const char *observed)
{
    struct pattern pattern = {1, 0};
    return match_bytes(yaml(expected), (const uint8_t *)observed, strlen(observed), &pattern);
}

Test(match, scalars)
{
    cr_assert(matches("4", "4"));
    cr_assert(matches("16KiB", "16384"));
    cr_assert(matches("100ms", "100000"));
    cr_assert(matches("EAGAIN", "\"EAGAIN\""));
    cr_assert_not(matches("4", "5"));
    cr_assert_not(matches("EAGAIN", "\"EINTR\""));
    cr_assert_not(matches("0", "\"EINTR\""));
}

Test(match, names_are_a_set_and_numbers_a_sequence)
{
    cr_assert(matches("[POLLIN, POLLOUT]", "[\"POLLOUT\",\"POLLIN\"]"));
    cr_assert_not(matches("[POLLIN]", "[\"POLLOUT\",\"POLLIN\"]"));
    cr_assert_not(matches("[]", "[\"POLLIN\"]"));
    cr_assert(matches("[]", "[]"));
    cr_assert(matches("[0, 2, 1]", "[0,2,1]"));
    cr_assert_not(matches("[0, 1, 2]", "[0,2,1]"));
    cr_assert(matches("{all: [O_NONBLOCK], none: [O_APPEND]}", "[\"O_RDWR\",\"O_NONBLOCK\"]"));
    cr_assert_not(matches("{none: [O_RDWR]}", "[\"O_RDWR\"]"));
}

Test(match, matchers)
{
    cr_assert(matches("{at_least: 1, below: 8MiB}", "1"));
    cr_assert_not(matches("{at_least: 1, below: 8MiB}", "8388608"));
    cr_assert_not(matches("{above: 1}", "1"));
    cr_assert(matches("{at_most: 1s}", "1000000"));
    cr_assert(matches("{any_of: [EPIPE, ECONNRESET]}", "\"EPIPE\""));
    cr_assert_not(matches("{any_of: [EPIPE, ECONNRESET]}", "0"));
    cr_assert(matches("{not: 0}", "7"));
    cr_assert_not(matches("{not: 0}", "0"));
}

Test(match, a_text_that_holds_a_zero_goes_on_behind_it)
{
    cr_assert(matches("{contains: enough}", "\"\\u0006\\u0000had enough\""));
    cr_assert_not(matches("{contains: more}", "\"\\u0006\\u0000had enough\""));
    cr_assert(matches("{starts: ab}", "\"ab\\u0000c\""));
    cr_assert_not(matches("{starts: abc}", "\"ab\""));
}

Test(match, members_that_are_not_named_are_free)
{
    cr_assert(matches("{l_onoff: 1}", "{\"l_onoff\":1,\"l_linger\":5}"));
    cr_assert_not(matches("{l_onoff: 1}", "{\"l_linger\":5}"));
    cr_assert(matches("client", "{\"host\":\"client\",\"port\":7,\"is\":[\"client\"]}"));
    cr_assert_not(matches("client", "{\"host\":\"client\",\"port\":7,\"is\":[]}"));
    cr_assert(matches("{host: client, port: 7}", "{\"host\":\"client\",\"port\":7,\"is\":[]}"));
}

Test(match, bytes)
{
    cr_assert(matches_bytes("abc", "abc"));
    cr_assert_not(matches_bytes("abc", "abcd"));
    cr_assert(matches_bytes("{hex: \"61 62\"}", "ab"));
    cr_assert(matches_bytes("{starts: ab}", "abc"));
    cr_assert(matches_bytes("{contains: bc}", "abcd"));
    cr_assert(matches_bytes("{prefix_of: abcdef}", "abc"));
    cr_assert_not(matches_bytes("{prefix_of: ab}", "abc"));
    cr_assert(matches_bytes("{any_of: [a, abc]}", "abc"));
    cr_assert_not(matches_bytes("{not: abc}", "abc"));
}

Test(match, a_pattern_goes_on_where_it_was)
{
    struct pattern sender = {9, 0};
    struct pattern receiver = {9, 0};
    uint8_t bytes[20];
    pattern_write(&sender, bytes, sizeof bytes);
    cr_assert(match_bytes(yaml("{pattern: 7}"), bytes, 7, &receiver));
    cr_assert(match_bytes(yaml("{pattern: 13}"), bytes + 7, 13, &receiver));
    cr_assert_not(match_bytes(yaml("{pattern: 7}"), bytes, 7, &receiver), "those came before");
}

Test(match, a_pattern_written_in_pieces_is_the_whole_one)
{
    uint8_t whole[200];
    uint8_t pieces[200];
    for (size_t step = 1; step < 40; step++) {
        struct pattern at_once = {.key = 7};
        struct pattern bit_by_bit = {.key = 7};
        pattern_write(&at_once, whole, sizeof whole);
        for (size_t at = 0; at < sizeof pieces; at += step)
            pattern_write(&bit_by_bit, pieces + at,
                          sizeof pieces - at < step ? sizeof pieces - at : step);
        cr_assert_arr_eq(whole, pieces, sizeof whole, "in pieces of %zu", step);
        cr_assert_eq(bit_by_bit.position, sizeof whole);
    }
}
