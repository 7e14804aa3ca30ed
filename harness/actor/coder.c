/* SPDX-License-Identifier: MIT */
#include "actor/coder.h"

#include <string.h>

uint64_t coder_number(const struct coder *coder, uint64_t number)
{
    if (coder->frame == NULL)
        return opened_number(coder->opened);
    frame_number(coder->frame, number);
    return number;
}

void coder_bytes(const struct coder *coder, void *bytes, size_t size)
{
    if (coder->frame != NULL) {
        frame_bytes(coder->frame, bytes, size);
        return;
    }
    const void *from = opened_bytes(coder->opened, size);
    if (from != NULL && size > 0) /* of nothing there may be no place */
        memcpy(bytes, from, size);
}

void coder_refuse(const struct coder *coder)
{
    if (coder->opened != NULL)
        coder->opened->good = false;
}

/* --- names ------------------------------------------------------------------------------------ */

/* Nothing has the place 0: a number follows that has no name. */
enum { NAMELESS = 0, SETS_MOST = 64 };

static bool is_in(const struct constant *one, enum constant_group group)
{
    return one->name != NULL && one->group == group;
}

static uint64_t place_of(enum constant_group group, int64_t value)
{
    const struct constant *first = constant_first(group), *one = first;
    while (is_in(one, group) && one->value != value)
        one++;
    return is_in(one, group) ? (uint64_t)(one - first) + 1 : NAMELESS;
}

static int64_t value_at(const struct coder *coder, enum constant_group group, uint64_t place)
{
    const struct constant *one = constant_first(group);
    uint64_t left = place - 1;
    for (; is_in(one, group) && left > 0; left--)
        one++;
    if (!is_in(one, group))
        coder_refuse(coder);
    return is_in(one, group) ? one->value : 0;
}

int64_t coder_constant(const struct coder *coder, enum constant_group group, int64_t value)
{
    uint64_t place = coder->frame != NULL ? place_of(group, value) : NAMELESS;
    CODE(coder, place);
    if (place == NAMELESS)
        CODE(coder, value);
    else if (coder->frame == NULL)
        value = value_at(coder, group, place);
    return value;
}

/* Among flags there may be a choice of one: these bits say which. */
static int64_t choice_in(enum constant_group group)
{
    enum { TYPE_BITS = 15, ACCESS_BITS = 3 };
    int64_t bits = 0;
    if (group == GROUP_SOCKET_TYPE)
        bits = TYPE_BITS;
    else if (group == GROUP_OPEN)
        bits = ACCESS_BITS;
    return bits;
}

static bool is_said(const struct constant *one, int64_t value, int64_t choice)
{
    bool chosen = (one->value & ~choice) == 0;
    return chosen ? choice != 0 && (value & choice) == one->value
                  : (value & one->value) == one->value;
}

/* Not a second name for what has one. */
static bool is_first(const struct constant *one)
{
    return constant_name(one->group, one->value) == one->name;
}

/* Constant i of a group of which there is a set of names; NULL behind the last. */
static const struct constant *in_set(enum constant_group group, int i)
{
    const struct constant *one = constant_first(group) + i;
    return i < SETS_MOST && is_in(one, group) ? one : NULL;
}

/* Bits of a set that no constant of the group has are no names. */
static void check_names(const struct coder *coder, enum constant_group group, uint64_t names)
{
    int count = 0;
    while (in_set(group, count) != NULL)
        count++;
    if (count < SETS_MOST && names >> count != 0)
        coder_refuse(coder);
}

/* What is below 0 is no flags: it says that there are none, and means it whatever the bits. */
int64_t coder_flags(const struct coder *coder, enum constant_group group, int64_t value)
{
    bool named = coder->frame != NULL && value >= 0;
    int64_t choice = choice_in(group), rest = value, all = 0;
    uint64_t names = 0;
    const struct constant *one = NULL;
    for (int i = 0; named && (one = in_set(group, i)) != NULL; i++)
        if (is_said(one, value, choice) && is_first(one)) {
            names |= (uint64_t)1 << i;
            rest &= ~((one->value & ~choice) == 0 ? choice : one->value);
        }
    CODE(coder, names);
    CODE(coder, rest);
    check_names(coder, group, names);
    for (int i = 0; (one = in_set(group, i)) != NULL; i++)
        if ((names >> i & 1) != 0)
            all |= one->value;
    return coder->frame != NULL ? value : all | rest;
}

uint64_t coder_bits(const struct coder *coder, enum constant_group group, uint64_t bits)
{
    uint64_t names = 0, all = 0;
    const struct constant *one = NULL;
    for (int i = 0; coder->frame != NULL && (one = in_set(group, i)) != NULL; i++)
        if ((bits >> one->value & 1) != 0 && is_first(one))
            names |= (uint64_t)1 << i;
    CODE(coder, names);
    check_names(coder, group, names);
    for (int i = 0; (one = in_set(group, i)) != NULL; i++)
        if ((names >> i & 1) != 0)
            all |= (uint64_t)1 << one->value;
    return coder->frame != NULL ? bits : all;
}

/* --- options ---------------------------------------------------------------------------------- */

static int64_t option_at(const struct coder *coder, uint64_t place)
{
    const struct option *one = option_table();
    for (uint64_t left = place - 1; one->name != NULL && left > 0; left--)
        one++;
    if (one->name == NULL)
        coder_refuse(coder);
    return option_key(one->level, one->number);
}

int64_t coder_option(const struct coder *coder, int64_t option)
{
    int64_t level = option >> 32;
    int number = (int)option;
    const struct option *known = coder->frame != NULL ? option_numbered((int)level, number) : NULL;
    uint64_t place = known != NULL ? (uint64_t)(known - option_table()) + 1 : NAMELESS;
    CODE(coder, place);
    if (place != NAMELESS)
        return coder->frame != NULL ? option : option_at(coder, place);
    CODE_CONSTANT(coder, GROUP_LEVEL, level);
    CODE(coder, number);
    return option_key((int)level, number);
}
