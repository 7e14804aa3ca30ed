/* SPDX-License-Identifier: MIT */
#include "case/pktlex.h"

#include <criterion/criterion.h>
#include <string.h>

static struct complaints list;

static struct pktlex lexer(const char *text)
{
    struct pktlex lex;
    list = (struct complaints){
        .arena = arena_new(), .file = "x.pkt", .text = text, .length = strlen(text)};
    cr_assert(pktlex_begin(&lex, &list));
    return lex;
}

static void done(void)
{
    arena_free(list.arena);
}

static void expect(struct pktlex *lex, enum pkt_word_kind kind, const char *text)
{
    struct pkt_word word = pktlex_next(lex);
    cr_expect_eq(word.kind, kind, "%s is of kind %d", text, (int)word.kind);
    cr_expect_str_eq(word.text, text);
}

Test(pktlex, words_of_a_packet_line, .fini = done)
{
    struct pktlex lex = lexer("+.1 > . 1:1(0) <sackOK>");
    expect(&lex, PKT_SIGN, "+");
    expect(&lex, PKT_DECIMAL, ".1");
    expect(&lex, PKT_SIGN, ">");
    expect(&lex, PKT_SIGN, ".");
    expect(&lex, PKT_NUMBER, "1");
    expect(&lex, PKT_SIGN, ":");
    expect(&lex, PKT_NUMBER, "1");
    expect(&lex, PKT_SIGN, "(");
    expect(&lex, PKT_NUMBER, "0");
    expect(&lex, PKT_SIGN, ")");
    expect(&lex, PKT_SIGN, "<");
    expect(&lex, PKT_NAME, "sackOK");
    expect(&lex, PKT_SIGN, ">");
    expect(&lex, PKT_END, "");
}

Test(pktlex, numbers, .fini = done)
{
    struct pktlex lex = lexer("0x1F 12 0.25 .0000019 99999999999999999999999");
    cr_expect_eq(pktlex_next(&lex).number, 31);
    cr_expect_eq(pktlex_next(&lex).number, 12);
    cr_expect_eq(pktlex_next(&lex).number, 250000);
    cr_expect_eq(pktlex_next(&lex).number, 1);
    cr_expect_eq(pktlex_next(&lex).number, UINT64_MAX);
}

Test(pktlex, an_ellipsis_is_none_of_the_number_before_it, .fini = done)
{
    struct pktlex lex = lexer("0.1...0.25 0...1");
    expect(&lex, PKT_DECIMAL, "0.1");
    expect(&lex, PKT_ELLIPSIS, "...");
    expect(&lex, PKT_DECIMAL, "0.25");
    expect(&lex, PKT_NUMBER, "0");
    expect(&lex, PKT_ELLIPSIS, "...");
    expect(&lex, PKT_NUMBER, "1");
}

Test(pktlex, comments_are_blanks_and_places_are_right, .fini = done)
{
    struct pktlex lex = lexer("# one\n// two\n/* three\n */  \xc3\xa4 word");
    pktlex_next(&lex);
    struct pkt_word word = pktlex_next(&lex);
    cr_expect_str_eq(word.text, "word");
    cr_expect_eq(word.mark.line, 4);
    cr_expect_eq(word.mark.column, 8);
    cr_expect_not(word.first);
}

Test(pktlex, what_stands_in_quotes, .fini = done)
{
    struct pktlex lex = lexer("--a_b=1,2 \"a\\x41\\n\\\"\" `ls -l` %{ x > `1` }% \"\"");
    expect(&lex, PKT_OPTION, "a_b=1,2");
    expect(&lex, PKT_TEXT, "aA\n\"");
    expect(&lex, PKT_COMMAND, "ls -l");
    expect(&lex, PKT_CODE, " x > `1` ");
    expect(&lex, PKT_TEXT, "");
    cr_expect_eq(list.count, 0);
}

Test(pktlex, flags_are_taken_as_they_stand, .fini = done)
{
    struct pktlex lex = lexer("SE.5 0:0(0)");
    struct pkt_word word = pktlex_next(&lex);
    cr_expect_str_eq(word.text, "SE");
    cr_expect_str_eq(pktlex_again(&lex, &word, "").text, "SE.5");
    expect(&lex, PKT_NUMBER, "0");
}

Test(pktlex, what_is_never_closed_is_told_where_it_begins, .fini = done)
{
    static const char *const open[] = {"\n `ls", "\n %{ x", "\n \"x\ny\"", "\n /* x"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        struct pktlex lex = lexer(open[i]);
        while (pktlex_next(&lex).kind != PKT_END)
            continue;
        cr_assert_eq(list.count, 1, "%s", open[i]);
        cr_expect_eq(list.first->mark.line, 2);
        cr_expect_eq(list.first->mark.column, 2);
        if (i + 1 < sizeof open / sizeof *open)
            done();
    }
}

Test(pktlex, a_binary_file_is_one_complaint, .fini = done)
{
    static const char bytes[] = "ab\0cd";
    struct pktlex lex;
    list = (struct complaints){.arena = arena_new(), .file = "x.pkt", .text = bytes, .length = 5};
    cr_assert_not(pktlex_begin(&lex, &list));
    cr_assert_eq(list.count, 1);
    cr_expect_eq(list.first->mark.column, 3);
}
