/* SPDX-License-Identifier: MIT */
#include "trial/excuse.h"

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

TestSuite(excuse, .init = begin, .fini = end);

/* Whether an excuse of step 3's field "data" with that value in YAML excuses what was observed. */
static bool excuses(const char *yaml, const char *observed)
{
    struct complaints list = {.arena = arena, .text = yaml, .length = strlen(yaml)};
    const struct excuse one = {.step = 3, .field = "data", .observed = reader_parse(&list)};
    const struct excuse *all[] = {&one};
    const struct excuses known = {1, all};
    cr_assert_not_null(one.observed, "%s", yaml);
    cr_assert_null(excuses_find(&known, 2, "data", observed));
    cr_assert_null(excuses_find(&known, 3, "returns", observed));
    return excuses_find(&known, 3, "data", observed) == &one;
}

Test(excuse, a_value_is_that_value_and_no_other)
{
    cr_expect(excuses("EIO", "EIO") && !excuses("EIO", "EINVAL"));
    cr_expect(excuses("4", "4") && !excuses("4", "5") && !excuses("4", "-4"));
    cr_expect(excuses("\"an RST from client\"", "an RST from client"));
    cr_expect(excuses("[POLLIN, POLLHUP]", "[\"POLLHUP\",\"POLLIN\"]"));
    cr_expect(!excuses("[POLLIN]", "[\"POLLHUP\",\"POLLIN\"]"));
    cr_expect(excuses("[]", "[]") && !excuses("[]", "[\"POLLIN\"]"));
    cr_expect(
        excuses("{host: any, port: 0}", "{\"host\":\"any\",\"port\":0,\"family\":\"AF_INET\"}"));
    cr_expect(!excuses("{host: any, port: 0}", "{\"host\":\"any\",\"port\":1}"));
}

Test(excuse, a_matcher_matches_as_in_a_case)
{
    cr_expect(excuses("{at_least: 3, at_most: 4}", "4"));
    cr_expect(!excuses("{at_least: 3, at_most: 4}", "5"));
    cr_expect(excuses("{any_of: [ENOBUFS, ENOMEM]}", "ENOMEM"));
    cr_expect(!excuses("{any_of: [ENOBUFS, ENOMEM]}", "EIO"));
    cr_expect(excuses("{starts: an RST}", "an RST from server"));
    cr_expect(!excuses("{starts: an RST}", "no RST"));
    cr_expect(excuses("{contains: \"\\\"b\\\"\"}", "{\"a\":[\"b\"]}"),
              "of words, whatever they are");
}

Test(excuse, it_is_told_in_one_line)
{
    struct node value = {.kind = NODE_SCALAR, .plain = true, .text = "EIO", .length = 3};
    struct excuse one = {.step = 3, .field = "errno", .observed = &value};
    cr_assert_str_eq(excuse_print(&one, arena), "step 3: errno: EIO");
    one.step = 0;
    cr_assert_str_eq(excuse_print(&one, arena), "errno: EIO");
}

Test(excuse, what_a_record_says_excuses_the_same_again)
{
    json_t *list =
        json_pack("[{s:i, s:s, s:s, s:s, s:s, s:i, s:b}]", "step", 3, "field", "data", "observed",
                  "{\"a\": 1}", "reason", "So", "file", "x", "line", 7, "went_on", true);
    const struct excuses known = excuses_recorded(list, arena);
    const struct excuse *one = excuses_find(&known, 3, "data", "{\"a\": 1}");
    cr_assert_not_null(one);
    cr_assert(one->go_on && one->mark.line == 7);
    cr_assert_str_eq(one->reason, "So");
    cr_assert_null(excuses_find(&known, 3, "data", "{\"a\": 2}"));
    cr_assert_eq(excuses_recorded(NULL, arena).count, 0);
    json_decref(list);
}
