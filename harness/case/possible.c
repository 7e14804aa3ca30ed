/* SPDX-License-Identifier: MIT */
#include "case/possible.h"

#include "case/remark.h"
#include "case/shape.h"
#include "fault/fits.h"

#include <string.h>

/* The errors of the first of the points, for advice. */
static const char *errors_of(uint64_t points)
{
    unsigned i = 0;
    while (i + 1 < POINT_COUNT && (points & UINT64_C(1) << i) == 0)
        i++;
    return point_info((enum point)i)->strict;
}

/* An error that the call can never give proves nothing about who makes it. */
static void check_errno(struct complaints *list, const struct node *call, const struct node *error,
                        enum possible possible)
{
    uint64_t points = point_find(call->text);
    bool lenient = possible != POSSIBLE_IN_CASE && fits_error(points, error->text, true);
    if (fits_error(points, error->text, possible == POSSIBLE_LENIENT))
        return;
    complain(list, error->mark, remark_width(error), CODE_BAD_VALUE,
             lenient ? "POSIX allows it: --lenient takes it"
             : *errors_of(points) != '\0'
                 ? arena_printf(list->arena, "one of: %s", errors_of(points))
                 : "it gives none there but for a descriptor that is none",
             "%s never gives %s on Linux", call->text, error->text);
}

/* Whether a call at that point, of a program, can ever be one that such a word of a trigger is
   about: who makes a descriptor or asks for a name has none yet, who listens has no peer, and what
   waits moves nothing. */
static bool comes_true(const char *word, enum point point)
{
    enum point_kind kind = point_info(point)->kind;
    bool has_none = kind == KIND_NEW || kind == KIND_NAME;
    bool listens = kind == KIND_MAKE || point == POINT_listen;
    bool may = true;
    if (strcmp(word, "fd") == 0)
        may = !has_none;
    else if (strcmp(word, "to") == 0)
        may = !has_none && !listens && point != POINT_epoll_wait;
    else if (strcmp(word, "after") == 0)
        may = !has_none && kind != KIND_MAKE && kind != KIND_WAIT && point != POINT_epoll_ctl;
    return may;
}

static const char *needed_by(const char *word)
{
    return strcmp(word, "fd") == 0 ? "it happens where a call is about a descriptor"
           : strcmp(word, "to") == 0
               ? "it happens at a socket that has a peer, or at a call that names it"
               : "it happens at a socket that has moved bytes";
}

/* A trigger that can never come true proves nothing either. */
static void check_trigger(struct complaints *list, const struct node *call, const struct node *when)
{
    uint64_t points = point_find(call->text);
    for (const struct node *one = when != NULL ? when->first : NULL; one != NULL; one = one->next) {
        bool ever = false;
        for (unsigned point = 0; point < POINT_COUNT && !ever; point++)
            ever = (points & UINT64_C(1) << point) != 0 && comes_true(one->key, (enum point)point);
        if (!ever)
            complain(list, one->key_mark, remark_characters(one->key, strlen(one->key)),
                     CODE_NEVER_FIRES, needed_by(one->key), "'%s' never comes true at %s", one->key,
                     call->text);
    }
}

void possible_check(struct complaints *list, const struct node *fault, enum possible possible)
{
    const struct node *call = node_get(fault, "call"), *what = node_get(fault, "do");
    bool mapped = what->kind == NODE_MAP;
    const char *word = mapped ? what->first->key : what->text;
    enum call_action action = call_action_find(word);
    if (!fits_ever(point_find(call->text), action))
        complain(list, mapped ? what->first->key_mark : what->mark,
                 remark_characters(word, strlen(word)), CODE_NEVER_FIRES,
                 arena_printf(list->arena, "it happens %s", fits_where(action)),
                 "'%s' never fires at %s", word, call->text);
    else if (call_action_argument(action) == ARGUMENT_ERRNO)
        check_errno(list, call, what->first, possible);
    if (possible != POSSIBLE_IN_CASE)
        check_trigger(list, call, node_get(fault, "when"));
}

bool possible_for(const char *call, enum point_callers callers)
{
    uint64_t points = point_find(call);
    bool found = false;
    for (unsigned i = 0; i < POINT_COUNT; i++)
        found = found || ((points & UINT64_C(1) << i) != 0 &&
                          (point_info((enum point)i)->callers & callers) != 0);
    return found;
}
