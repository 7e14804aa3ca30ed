/* SPDX-License-Identifier: MIT */
#include "engine/exec_points.h"

#include "fault/attempt.h"
#include "fault/fits.h"

#include <stdatomic.h>
#include <stdio.h>

static void print_attempts(enum point point)
{
    const struct attempt *one = attempt_at(point);
    char text[ATTEMPT_TEXT];
    for (int i = 0; one[i].action != FAULT_NONE; i++)
        printf("%s\"%s\"", i > 0 ? "," : "", attempt_text(&one[i], text));
}

/* The actions that may happen at a point. */
static void print_actions(enum point point)
{
    for (int i = FAULT_NONE + 1; i < FAULT_COUNT; i++)
        if (fits_ever(UINT64_C(1) << point, (enum call_action)i))
            printf(" %s", call_action_word((enum call_action)i));
}

static void list_point(enum point point, bool json)
{
    const struct point_info *info = point_info(point);
    if (json) {
        printf("{\"point\":\"%s\",\"group\":\"%s\",\"candidates\":[", info->name,
               point_group_name(info->group));
        print_attempts(point);
        printf("]}\n");
    } else {
        printf("%-14s %-9s %s\n%24s", info->name,
               info->group != GROUP_none ? point_group_name(info->group) : "", info->what, "do");
        print_actions(point);
        printf("\n%24s %s\n", "errno", info->strict);
        if (info->lenient[0] != '\0')
            printf("%24s %s\n", "lenient", info->lenient);
    }
}

void exec_points_print(bool json)
{
    for (int i = 0; i < POINT_COUNT; i++)
        if ((point_info((enum point)i)->callers & CALLERS_PROGRAMS) != 0)
            list_point((enum point)i, json);
    if (!json)
        printf("\nthe second word is a wider point, which takes in all of its calls: receive, "
               "transmit, wait, name\n");
}

void exec_points_print_hits(const struct control *control)
{
    printf("%-14s %10s  faults that fit, as a rule\n", "point", "reached");
    for (int i = 0; i < POINT_COUNT; i++) {
        unsigned long long hits = atomic_load(&control->hits[i]);
        const struct attempt *one = attempt_at((enum point)i);
        char text[ATTEMPT_TEXT];
        if (hits == 0)
            continue;
        printf("%-14s %10llu  ", point_info((enum point)i)->name, hits);
        for (int c = 0; one[c].action != FAULT_NONE; c++)
            printf("%s%s", c > 0 ? ", " : "", attempt_text(&one[c], text));
        printf("\n");
    }
}
