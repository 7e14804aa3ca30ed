/* SPDX-License-Identifier: MIT */
#include "case/pktcode.h"

#include <criterion/criterion.h>
#include <string.h>

static struct complaints list;
static struct pkt_script script;

static void begin(void)
{
    list = (struct complaints){.arena = arena_new(), .file = "x.pkt"};
    script = (struct pkt_script){.arena = list.arena};
}

static void end(void)
{
    arena_free(list.arena);
}

TestSuite(pktcode, .init = begin, .fini = end);

static struct pktnumber lookup(void *context, const char *name)
{
    (void)context;
    if (strcmp(name, "tcpi_snd_cwnd") == 0)
        return pktnumber_whole(10);
    if (strcmp(name, "tcpi_options") == 0)
        return pktnumber_whole(0x25);
    return (struct pktnumber){.known = false};
}

static const struct pktterm_names names = {NULL, lookup};

static const struct pktcode *parse(const char *text)
{
    const struct pkt_text place = {text, {3, 5}, 1};
    return pktcode_parse(&list, &script, &place);
}

static struct pktcode_result run(const char *text)
{
    const struct pktcode *code = parse(text);
    cr_assert_not_null(code, "%s", text);
    return pktcode_run(code, &names, list.arena);
}

Test(pktcode, what_holds)
{
    static const char *const all[] = {
        "assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd",
        "\n assert tcpi_snd_cwnd != 11\n assert True; assert not False\n",
        "assert 9 < tcpi_snd_cwnd <= 10 < 11",
        "assert (tcpi_options & 0x20) != 0, tcpi_options",
        "assert tcpi_options & 4 == 4 and tcpi_options & 32",
        "assert 2 + 3 * 4 == 14 and (2 + 3) * 4 == 20",
        "assert -7 // 2 == -4 and -7 % 2 == 1 and 7 / 2 == 3.5",
        "assert 1 << 4 | 1 == 17 and 6 ^ 3 == 5 and ~0 == -1",
        "assert not not 1\nassert not 0 == 1",
        "x = tcpi_snd_cwnd * 2; print x, 'is; it'; assert x == 20, 'or (not'",
        "assert (tcpi_snd_cwnd ==\n 10)  # in brackets\n# and nothing else",
        "assert 0 or 1 and not 0",
        "assert 0.5 < 1 and 2.0 == 2",
        "",
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cr_expect_eq(run(all[i]).verdict, PKTCODE_HOLDS, "%s", all[i]);
    cr_expect_eq(list.count, 0);
    cr_expect_eq(script.lack_count, 0);
}

Test(pktcode, what_does_not_hold_is_shown_with_what_names_stand_for)
{
    struct pktcode_result result =
        run("assert 1\n  assert tcpi_snd_cwnd > 10 and tcpi_options, 'why'");
    cr_assert_eq(result.verdict, PKTCODE_FAILS);
    cr_expect_str_eq(result.said, "tcpi_snd_cwnd > 10 and tcpi_options");
    cr_expect_str_eq(result.names, "tcpi_snd_cwnd is 10, tcpi_options is 37");
    cr_expect_eq(result.mark.line, 4);
    cr_expect_eq(result.mark.column, 10);
}

Test(pktcode, each_comparison_of_a_chain_must_hold)
{
    cr_expect_eq(run("assert 1 < 3 < 2").verdict, PKTCODE_FAILS);
    cr_expect_eq(run("assert 3 < 1 < 2").verdict, PKTCODE_FAILS);
    cr_expect_eq(run("assert 10 == tcpi_snd_cwnd == 11").verdict, PKTCODE_FAILS);
}

Test(pktcode, what_has_no_value_neither_holds_nor_fails)
{
    static const char *const all[] = {"assert 1 / 0", "assert 1 % 0 == 0", "assert nothing == 1",
                                      "assert 9223372036854775807 + 1 > 0", "assert 1 << 70"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cr_expect_eq(run(all[i]).verdict, PKTCODE_NONE, "%s", all[i]);
}

Test(pktcode, what_is_wrong_is_told_where_it_stands)
{
    static const struct {
        const char *text;
        int line, column;
    } all[] = {{"assert 1 +", 3, 15},   {"assert (1", 3, 14},    {"assert 1 1", 3, 14},
               {"assert\n 1 <", 3, 11}, {"\n\n assert )", 5, 9}, {"assert 12ab", 3, 12}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cr_expect_null(parse(all[i].text), "%s", all[i].text);
        cr_assert_eq(list.count, 1, "%s: %zu", all[i].text, list.count);
        cr_expect_eq(list.first->mark.line, all[i].line, "%s", all[i].text);
        cr_expect_eq(list.first->mark.column, all[i].column, "%s: %d", all[i].text,
                     list.first->mark.column);
        end();
        begin();
    }
}

Test(pktcode, what_is_not_known_is_a_lack_and_no_complaint)
{
    static const char *const all[] = {"import os", "for x in y:\n  pass", "assert abs(1) == 1",
                                      "assert 'a' == 1", "x.y = 2"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cr_expect_null(parse(all[i]), "%s", all[i]);
        cr_expect_eq(list.count, 0, "%s", all[i]);
        cr_expect_eq(script.lack_count, 1, "%s", all[i]);
        end();
        begin();
    }
}

static void count(void *context, const char *name, struct mark mark)
{
    size_t *sum = context;
    *sum += strcmp(name, "b") == 0 ? 1 : 100;
    cr_expect_eq(mark.line, 3);
}

Test(pktcode, names_that_are_used_before_they_are_set)
{
    size_t sum = 0;
    pktcode_each_name(parse("a = b; assert a == b"), count, &sum);
    cr_expect_eq(sum, 2);
}

Test(pktcode, what_nests_without_end_is_refused)
{
    char text[4096] = "assert ";
    memset(text + 7, '(', 4000);
    cr_expect_null(parse(text));
    memset(text + 7, '-', 4000);
    cr_expect_null(parse(text));
    cr_expect_eq(list.count, 2);
}
