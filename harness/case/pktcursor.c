/* SPDX-License-Identifier: MIT */
#include "case/pktcursor.h"

#include <string.h>

enum { SHOWN_MAX = 40 };

bool pktcursor_begin(struct pktcursor *cursor, struct complaints *list, struct pkt_script *script)
{
    *cursor = (struct pktcursor){.script = script};
    bool good = pktlex_begin(&cursor->lex, list);
    if (good)
        cursor->now = pktlex_next(&cursor->lex);
    cursor->behind = cursor->began = list->text;
    cursor->behind_mark = (struct mark){1, 1};
    return good;
}

struct pkt_word pktcursor_next(struct pktcursor *cursor)
{
    struct pkt_word passed = cursor->now;
    cursor->behind = cursor->lex.at;
    cursor->behind_mark = cursor->lex.mark;
    if (cursor->now.kind != PKT_END)
        cursor->now = pktlex_next(&cursor->lex);
    return passed;
}

bool pktcursor_is(const struct pktcursor *cursor, char sign)
{
    return cursor->now.kind == PKT_SIGN && cursor->now.text[0] == sign;
}

bool pktcursor_is_name(const struct pktcursor *cursor, const char *name)
{
    return cursor->now.kind == PKT_NAME && strcmp(cursor->now.text, name) == 0;
}

bool pktcursor_takes(struct pktcursor *cursor, char sign)
{
    bool is = pktcursor_is(cursor, sign);
    if (is)
        pktcursor_next(cursor);
    return is;
}

bool pktcursor_takes_name(struct pktcursor *cursor, const char *name)
{
    bool is = pktcursor_is_name(cursor, name);
    if (is)
        pktcursor_next(cursor);
    return is;
}

/* True when something is missing at the end of a line, of which the word behind it says nothing. */
static bool is_at_end_of_line(const struct pktcursor *cursor)
{
    return cursor->now.from != cursor->began && (cursor->now.first || cursor->now.kind == PKT_END);
}

/* What stands at the word, for a message: its first characters. */
static const char *shown(const struct pktcursor *cursor)
{
    const struct pkt_word *word = &cursor->now;
    if (word->kind == PKT_END && !is_at_end_of_line(cursor))
        return "the end of the file";
    if (is_at_end_of_line(cursor))
        return "the end of the line";
    size_t length = strcspn(word->text, "\r\n");
    return arena_printf(cursor->script->arena, "'%.*s%s'",
                        (int)(length < SHOWN_MAX ? length : SHOWN_MAX), word->text,
                        length < SHOWN_MAX ? "" : "…");
}

void pktcursor_wrong(struct pktcursor *cursor, const char *expected)
{
    bool told = cursor->wrong;
    cursor->wrong = true;
    /* What is never closed has its own complaint, and is the end. */
    bool open = cursor->now.kind == PKT_END && cursor->lex.list->count > 0;
    struct mark mark = is_at_end_of_line(cursor) ? cursor->behind_mark : cursor->now.mark;
    if (!told && !open)
        complain(cursor->lex.list, mark, is_at_end_of_line(cursor) ? 1 : cursor->now.width,
                 CODE_SYNTAX, arena_printf(cursor->script->arena, "expected %s", expected),
                 "a script does not go on with %s here", shown(cursor));
}

bool pktcursor_needs(struct pktcursor *cursor, char sign, const char *where)
{
    bool takes = pktcursor_takes(cursor, sign);
    if (!takes)
        pktcursor_wrong(cursor, arena_printf(cursor->script->arena, "'%c' %s", sign, where));
    return takes;
}

uint64_t pktcursor_number(struct pktcursor *cursor, uint64_t most, const char *what)
{
    if (cursor->now.kind == PKT_NUMBER && cursor->now.number <= most)
        return pktcursor_next(cursor).number;
    pktcursor_wrong(cursor, arena_printf(cursor->script->arena, "%s: a number up to %llu", what,
                                         (unsigned long long)most));
    return 0;
}

struct pkt_word pktcursor_raw(struct pktcursor *cursor, const char *stops)
{
    struct pkt_word word = cursor->now;
    if (word.kind == PKT_END)
        return word;
    word = pktlex_again(&cursor->lex, &cursor->now, stops);
    cursor->now = word;
    pktcursor_next(cursor);
    return word;
}

void pktcursor_unknown(struct pktcursor *cursor, const struct pkt_word *word, const char *what)
{
    cursor->unknown = true;
    pkt_lacks(cursor->script, word->mark, word->width, "%s", what);
}

static bool begins_event(const struct pkt_word *word)
{
    bool time = word->kind == PKT_NUMBER || word->kind == PKT_DECIMAL ||
                (word->kind == PKT_SIGN && (word->text[0] == '+' || word->text[0] == '*'));
    return word->first && (time || word->kind == PKT_COMMAND || word->kind == PKT_CODE ||
                           word->kind == PKT_OPTION);
}

void pktcursor_skip_event(struct pktcursor *cursor)
{
    while (cursor->now.kind != PKT_END && !begins_event(&cursor->now))
        pktcursor_next(cursor);
}
