/* SPDX-License-Identifier: MIT */
#include "preload/control.h"

#include <stdlib.h>
#include <string.h>

const char *control_unseen_text(enum unseen_why why)
{
    static const char *const texts[UNSEEN_COUNT] = {
        [UNSEEN_STATIC] = "is statically linked",
        [UNSEEN_GO] = "is a Go program, which makes its system calls itself",
        [UNSEEN_IDENTITY] = "is set-uid, set-gid or has capabilities, and takes no library from us",
        [UNSEEN_CLASS] = "is no 64-bit program",
        [UNSEEN_ENVIRONMENT] = "was started without us in its LD_PRELOAD",
        [UNSEEN_REACH] = ("was started where the interposer cannot be opened (another root, or no "
                          "right to its folder)"),
        [UNSEEN_LIBRARY] = "is made for another C library than the interposer"};
    return why < UNSEEN_COUNT ? texts[why] : NULL;
}

static int by_chance(const void *a, const void *b)
{
    const struct control_replay *left = a, *right = b;
    int order = left->identity < right->identity ? -1 : left->identity > right->identity;
    if (order == 0)
        order = left->counter < right->counter ? -1 : left->counter > right->counter;
    if (order == 0)
        order = left->fault < right->fault ? -1 : left->fault > right->fault;
    return order;
}

void control_sort_replay(struct control *control)
{
    qsort(control->replay, control->replay_count, sizeof *control->replay, by_chance);
}

bool control_replays(const struct control *control, size_t fault, uint64_t identity,
                     uint64_t counter)
{
    const struct control_replay wanted = {identity, counter, (uint32_t)fault};
    return bsearch(&wanted, control->replay, control->replay_count, sizeof wanted, by_chance) !=
           NULL;
}

const struct control_replay *control_next(const struct control *control, uint64_t identity,
                                          uint64_t counter)
{
    const struct control_replay wanted = {identity, counter, 0};
    size_t low = 0, high = control->replay_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_chance(&control->replay[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < control->replay_count && control->replay[low].identity == identity;
    return found ? &control->replay[low] : NULL;
}
