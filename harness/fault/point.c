/* SPDX-License-Identifier: MIT */
#include "fault/point.h"

#include <stddef.h>
#include <string.h>

static const struct point_info points[POINT_COUNT] = {
#define POINT(name, kind, group, callers, strict, lenient, what)                                   \
    [POINT_##name] = {#name, KIND_##kind, GROUP_##group, CALLERS_##callers, strict, lenient, what},
#include "fault/point.def"
};

_Static_assert(POINT_COUNT <= 64, "a set of points has a bit for each");

static const char *const groups[GROUP_POINTS] = {"none", "receive", "transmit", "wait", "name"};

const struct point_info *point_info(enum point point)
{
    return &points[point];
}

const char *point_group_name(enum point_group group)
{
    return groups[group];
}

static uint64_t of_alias(const char *name)
{
    static const struct {
        const char *name;
        enum point point;
    } aliases[] = {
#define ALIAS(name, point) {#name, POINT_##point},
#include "fault/point.def"
    };
    uint64_t found = 0;
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].name, name) == 0)
            found = UINT64_C(1) << aliases[i].point;
    return found;
}

uint64_t point_find(const char *name)
{
    uint64_t found = of_alias(name);
    for (unsigned i = 0; i < POINT_COUNT; i++) {
        enum point_group group = points[i].group;
        if (strcmp(points[i].name, name) == 0 ||
            (group != GROUP_none && strcmp(groups[group], name) == 0))
            found |= UINT64_C(1) << i;
    }
    return found;
}

bool point_moves(enum point_kind kind)
{
    return kind == KIND_MOVE || kind == KIND_MESSAGE || kind == KIND_MANY;
}
