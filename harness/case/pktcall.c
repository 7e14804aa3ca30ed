/* SPDX-License-Identifier: MIT */
#include "case/pktcall.h"

#include <string.h>

/* No script of a person nests deeper, or has more values in a call. */
enum { DEPTH_MAX = 16, VALUES_MAX = 1024 };

static struct pkt_value *value_new(struct pktcursor *cursor, enum pkt_value_kind kind)
{
    struct pkt_value *value = arena_alloc(cursor->script->arena, sizeof *value);
    value->kind = kind;
    value->mark = cursor->now.mark;
    value->width = cursor->now.width;
    value->text = "";
    return value;
}

static struct pkt_value *read_value(struct pktcursor *cursor, int depth);

/* Values up to the sign that closes them, which is passed. */
static void read_members(struct pktcursor *cursor, struct pkt_value *parent, char close, int depth)
{
    struct pkt_value **end = &parent->first;
    bool more = !pktcursor_takes(cursor, close);
    while (more && !cursor->wrong) {
        *end = read_value(cursor, depth + 1);
        end = &(*end)->next;
        more = !pktcursor_takes(cursor, close);
        if (++parent->count > VALUES_MAX)
            pktcursor_wrong(cursor, "fewer values in one call");
        else if (more && !pktcursor_takes(cursor, ','))
            pktcursor_wrong(cursor, arena_printf(cursor->script->arena, "',' or '%c'", close));
    }
}

static struct pkt_value *read_group(struct pktcursor *cursor, enum pkt_value_kind kind, char close,
                                    int depth)
{
    struct pkt_value *value = value_new(cursor, kind);
    pktcursor_next(cursor);
    if (depth >= DEPTH_MAX)
        pktcursor_wrong(cursor, "values that are nested less deeply");
    else
        read_members(cursor, value, close, depth);
    return value;
}

/* NAME, NAME(VALUES), NAME = VALUE, NAME(VALUE) = VALUE. */
static struct pkt_value *read_named(struct pktcursor *cursor, int depth)
{
    struct pkt_value *value = value_new(cursor, PKT_VALUE_NAME);
    value->text = cursor->now.text;
    value->length = cursor->now.length;
    pktcursor_next(cursor);
    if (depth >= DEPTH_MAX) {
        pktcursor_wrong(cursor, "values that are nested less deeply");
    } else if (pktcursor_takes(cursor, '(')) {
        value->kind = PKT_VALUE_CALL;
        read_members(cursor, value, ')', depth);
    }
    if (!cursor->wrong && pktcursor_takes(cursor, '=')) {
        struct pkt_value *member = read_value(cursor, depth + 1);
        member->name = value->text;
        member->length_of = value->kind == PKT_VALUE_CALL ? value->first : NULL;
        return member;
    }
    return value;
}

static struct pkt_value *read_number(struct pktcursor *cursor, bool negative)
{
    struct pkt_value *value = value_new(cursor, PKT_VALUE_NUMBER);
    uint64_t number = cursor->now.number;
    value->text = cursor->now.text;
    if (cursor->now.kind != PKT_NUMBER)
        pktcursor_wrong(cursor, "a number");
    else if (negative && number > INT64_MAX)
        pktcursor_wrong(cursor, "a smaller number");
    else
        pktcursor_next(cursor);
    value->number = negative && number <= INT64_MAX ? -(int64_t)number : (int64_t)number;
    return value;
}

static struct pkt_value *read_term(struct pktcursor *cursor, int depth)
{
    struct pkt_value *value = NULL;
    if (pktcursor_is(cursor, '['))
        value = read_group(cursor, PKT_VALUE_LIST, ']', depth);
    else if (pktcursor_is(cursor, '{'))
        value = read_group(cursor, PKT_VALUE_STRUCT, '}', depth);
    else if (pktcursor_takes(cursor, '-'))
        value = read_number(cursor, true);
    else if (cursor->now.kind == PKT_NUMBER)
        value = read_number(cursor, false);
    else if (cursor->now.kind == PKT_NAME)
        value = read_named(cursor, depth);
    else if (cursor->now.kind == PKT_ELLIPSIS) {
        value = value_new(cursor, PKT_VALUE_ANY);
        pktcursor_next(cursor);
    } else {
        value = value_new(cursor, PKT_VALUE_TEXT);
        value->text = cursor->now.text;
        value->length = cursor->now.length;
        if (cursor->now.kind == PKT_TEXT)
            pktcursor_next(cursor);
        else
            pktcursor_wrong(cursor,
                            "a value: a number, a constant, \"text\", ..., [list] or {struct}");
    }
    return value;
}

/* Terms with | between them; never NULL. */
static struct pkt_value *read_value(struct pktcursor *cursor, int depth)
{
    struct pkt_value *value = read_term(cursor, depth);
    if (cursor->wrong || !pktcursor_is(cursor, '|'))
        return value;
    struct pkt_value *either = value_new(cursor, PKT_VALUE_EITHER);
    either->mark = value->mark;
    either->name = value->name;
    either->length_of = value->length_of;
    value->name = NULL;
    either->first = value;
    either->count = 1;
    while (!cursor->wrong && pktcursor_takes(cursor, '|')) {
        value->next = read_term(cursor, depth);
        value = value->next;
        either->count++;
    }
    return either;
}

/* "(Operation now in progress)": for people. */
static void skip_note(struct pktcursor *cursor)
{
    int depth = 0;
    do {
        depth += pktcursor_is(cursor, '(') ? 1 : pktcursor_is(cursor, ')') ? -1 : 0;
        pktcursor_next(cursor);
    } while (depth > 0 && cursor->now.kind != PKT_END);
    if (depth > 0)
        pktcursor_wrong(cursor, "')' behind the note");
}

static void read_result(struct pktcursor *cursor, struct pkt_call *call)
{
    call->result = read_value(cursor, 0);
    if (!cursor->wrong && cursor->now.kind == PKT_NAME && !cursor->now.first) {
        call->error = (struct pkt_text){cursor->now.text, cursor->now.mark, cursor->now.width};
        pktcursor_next(cursor);
    }
    if (!cursor->wrong && pktcursor_is(cursor, '('))
        skip_note(cursor);
}

struct pkt_call pktcall_read(struct pktcursor *cursor)
{
    struct pkt_call call = {.name = {cursor->now.text, cursor->now.mark, cursor->now.width}};
    pktcursor_next(cursor);
    call.arguments = value_new(cursor, PKT_VALUE_LIST);
    if (pktcursor_needs(cursor, '(', "behind the name of a call"))
        read_members(cursor, call.arguments, ')', 0);
    if (!cursor->wrong && pktcursor_needs(cursor, '=', "and what the call returns"))
        read_result(cursor, &call);
    return call;
}

const struct pkt_value *pktcall_argument(const struct pkt_call *call, size_t index)
{
    const struct pkt_value *one = call->arguments->first;
    for (; one != NULL && index > 0; index--)
        one = one->next;
    return one;
}

const struct pkt_value *pktcall_member(const struct pkt_value *value, const char *name)
{
    const struct pkt_value *one =
        value != NULL && value->kind == PKT_VALUE_STRUCT ? value->first : NULL;
    while (one != NULL && (one->name == NULL || strcmp(one->name, name) != 0))
        one = one->next;
    return one;
}
