/* SPDX-License-Identifier: MIT */
#include "case/pktparse.h"

#include "case/pktcall.h"
#include "case/pktcursor.h"
#include "case/pktpacket.h"

#include <string.h>

/* No script of a person is longer; a time of a script is at most a day. */
enum { SIZE_MAX_BYTES = 1 << 20, EVENTS_MAX = 4000 };
static const uint64_t time_max_us = UINT64_C(86400) * 1000000;

/* --- options -------------------------------------------------------------------------------- */

static void read_option(struct pktcursor *cursor, struct pkt_option ***end)
{
    struct arena *arena = cursor->script->arena;
    struct pkt_word word = pktcursor_next(cursor);
    const char *equals = strchr(word.text, '=');
    size_t name = equals != NULL ? (size_t)(equals - word.text) : word.length;
    struct pkt_option *option = arena_alloc(arena, sizeof *option);
    option->name = (struct pkt_text){arena_copy(arena, word.text, name), word.mark, word.width};
    if (equals != NULL)
        option->value = (struct pkt_text){arena_copy(arena, equals + 1, word.length - name - 1),
                                          {word.inside.line, word.inside.column + (int)name + 1},
                                          word.width - (int)name - 3};
    **end = option;
    *end = &option->next;
}

/* --- times ---------------------------------------------------------------------------------- */

static struct pkt_moment read_moment(struct pktcursor *cursor)
{
    struct pkt_moment moment = {PKT_TIME_ABSOLUTE, 0};
    if (pktcursor_takes(cursor, '+'))
        moment.kind = PKT_TIME_RELATIVE;
    bool whole = cursor->now.kind == PKT_NUMBER;
    uint64_t number = cursor->now.number;
    uint64_t us = whole ? (number > time_max_us ? UINT64_MAX : number * 1000000) : number;
    if ((!whole && cursor->now.kind != PKT_DECIMAL) || us > time_max_us)
        pktcursor_wrong(cursor, "a time in seconds, at most a day: 0.1, +0.1");
    else
        pktcursor_next(cursor);
    moment.us = cursor->wrong ? 0 : (int64_t)us;
    return moment;
}

static int64_t from_same(const struct pkt_moment *at, const struct pkt_moment *until)
{
    return at->kind == until->kind ? until->us - at->us : 0;
}

/* "0.1", "+0.1", "*", "0.1~0.2", "+0...0.2"; nothing at all is +0. */
static void read_time(struct pktcursor *cursor, struct pkt_time *time)
{
    time->mark = cursor->now.mark;
    const char *from = cursor->now.from;
    bool given = pktcursor_is(cursor, '+') || cursor->now.kind == PKT_NUMBER ||
                 cursor->now.kind == PKT_DECIMAL;
    time->at.kind = PKT_TIME_RELATIVE;
    if (pktcursor_takes(cursor, '*'))
        time->at.kind = PKT_TIME_ANY;
    else if (given)
        time->at = read_moment(cursor);
    time->range = given && !cursor->wrong && pktcursor_takes(cursor, '~');
    time->blocks = given && !cursor->wrong && !time->range && cursor->now.kind == PKT_ELLIPSIS;
    if (time->blocks)
        pktcursor_next(cursor);
    struct mark second = cursor->now.mark;
    if (time->range || time->blocks)
        time->until = read_moment(cursor);
    time->width = (int)(cursor->behind - from);
    if (!cursor->wrong && (time->range || time->blocks) && from_same(&time->at, &time->until) < 0) {
        cursor->wrong = true;
        complain(cursor->lex.list, second, 1, CODE_SYNTAX, "write the earlier one first",
                 "this time ends before it begins");
    }
}

/* --- events --------------------------------------------------------------------------------- */

static void check_time(struct pktcursor *cursor, const struct pkt_event *event)
{
    const struct pkt_time *time = &event->time;
    bool packet = event->kind == PKT_EVENT_PACKET;
    bool outbound = packet && event->packet.direction == PKT_OUTBOUND;
    const char *wrong = NULL;
    if (time->blocks && event->kind != PKT_EVENT_CALL)
        wrong = "a time with ... is one of a call, which may block";
    else if (!outbound && event->kind != PKT_EVENT_UNKNOWN && time->at.kind == PKT_TIME_ANY)
        wrong = "'*' is a time of packets that the host sends";
    else if (!outbound && event->kind != PKT_EVENT_UNKNOWN && time->range)
        wrong = "a range is a time of packets that the host sends";
    if (wrong != NULL)
        complain(cursor->lex.list, time->mark, time->width, CODE_SYNTAX, NULL, "%s", wrong);
}

static void read_text(struct pktcursor *cursor, struct pkt_event *event, enum pkt_event_kind kind)
{
    struct pkt_word word = pktcursor_next(cursor);
    event->kind = kind;
    event->text = (struct pkt_text){word.text, word.inside, word.width};
}

static void read_action(struct pktcursor *cursor, struct pkt_event *event)
{
    event->mark = cursor->now.mark;
    if (pktcursor_is(cursor, '<') || pktcursor_is(cursor, '>')) {
        event->kind = PKT_EVENT_PACKET;
        event->packet = pktpacket_read(cursor);
    } else if (cursor->now.kind == PKT_COMMAND) {
        read_text(cursor, event, PKT_EVENT_COMMAND);
    } else if (cursor->now.kind == PKT_CODE) {
        read_text(cursor, event, PKT_EVENT_CODE);
    } else if (cursor->now.kind == PKT_NAME) {
        event->kind = PKT_EVENT_CALL;
        event->call = pktcall_read(cursor);
    } else {
        pktcursor_wrong(cursor, "a packet (< or >), a system call, `a command` or %{ a code }%");
    }
}

/* The event as it stands, without line ends and without what is blank more than once. */
static const char *source_of(const struct pktcursor *cursor, const char *from)
{
    size_t length = (size_t)(cursor->behind - from);
    char *text = arena_copy(cursor->script->arena, from, length);
    char *out = text;
    for (const char *in = text; *in != '\0'; in++) {
        bool blank = strchr(" \t\r\n\f\v", *in) != NULL;
        if (!blank || (out > text && out[-1] != ' '))
            *out++ = (char)(blank ? ' ' : *in);
    }
    while (out > text && out[-1] == ' ')
        out--;
    *out = '\0';
    return text;
}

static bool may_do_without_time(const struct pktcursor *cursor)
{
    return cursor->now.kind == PKT_CODE || cursor->now.kind == PKT_COMMAND;
}

static void read_event(struct pktcursor *cursor, struct pkt_event ***end)
{
    struct pkt_script *script = cursor->script;
    struct pkt_event *event = arena_alloc(script->arena, sizeof *event);
    const char *from = cursor->now.from;
    bool timed = cursor->now.kind == PKT_NUMBER || cursor->now.kind == PKT_DECIMAL ||
                 pktcursor_is(cursor, '+') || pktcursor_is(cursor, '*');
    cursor->wrong = cursor->unknown = false;
    cursor->began = from;
    if (timed || may_do_without_time(cursor))
        read_time(cursor, &event->time);
    else
        pktcursor_wrong(cursor, "an event, which begins with its time: 0, +0.1, *");
    if (!cursor->wrong)
        read_action(cursor, event);
    if (cursor->wrong || cursor->unknown) {
        event->kind = PKT_EVENT_UNKNOWN;
        if (cursor->now.from == from) /* at what nothing begins with */
            pktcursor_next(cursor);
        pktcursor_skip_event(cursor);
    } else {
        check_time(cursor, event);
    }
    event->number = (int)++script->event_count;
    event->source = source_of(cursor, from);
    **end = event;
    *end = &event->next;
}

/* The command before all events, which has no time; also in several. */
static void read_before(struct pktcursor *cursor)
{
    struct pkt_script *script = cursor->script;
    struct pkt_word word = pktcursor_next(cursor);
    if (script->before.text == NULL)
        script->before = (struct pkt_text){word.text, word.inside, word.width};
    else
        script->before.text = arena_printf(script->arena, "%s\n%s", script->before.text, word.text);
}

static void read_script(struct pktcursor *cursor)
{
    struct pkt_script *script = cursor->script;
    struct pkt_event **event = &script->events;
    struct pkt_option **option = &script->options;
    while (cursor->now.kind != PKT_END && !complaints_full(cursor->lex.list)) {
        bool last = script->event_count >= EVENTS_MAX;
        if (last) {
            complain(cursor->lex.list, cursor->now.mark, 1, CODE_TOO_LARGE, NULL,
                     "the script has more than %d events", EVENTS_MAX);
            return;
        }
        if (cursor->now.kind == PKT_OPTION)
            read_option(cursor, &option);
        else if (cursor->now.kind == PKT_COMMAND && script->events == NULL)
            read_before(cursor);
        else
            read_event(cursor, &event);
    }
}

struct pkt_script *pktparse(struct complaints *list)
{
    struct pkt_script *script = arena_alloc(list->arena, sizeof *script);
    struct pktcursor cursor;
    script->arena = list->arena;
    if (list->length > SIZE_MAX_BYTES)
        complain(list, (struct mark){1, 1}, 1, CODE_TOO_LARGE, NULL,
                 "the script is larger than 1 MiB");
    else if (pktcursor_begin(&cursor, list, script))
        read_script(&cursor);
    if (script->event_count == 0 && list->count == 0)
        complain(list, (struct mark){1, 1}, 1, CODE_EMPTY, NULL, "the script has no events");
    return script;
}
