/* SPDX-License-Identifier: MIT */
#include "preload/control.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

const char *control_unseen_text(enum unseen_why why)
{
    static const char *const texts[UNSEEN_COUNT] = {
        [UNSEEN_STATIC] = "is statically linked",
        [UNSEEN_GO] = "is a Go program, which makes its system calls itself",
        [UNSEEN_IDENTITY] = "is set-uid, set-gid or has capabilities, and takes no library from us",
        [UNSEEN_CLASS] = "is no 64-bit program",
        [UNSEEN_ENVIRONMENT] = "was started without us in its LD_PRELOAD"};
    return why < UNSEEN_COUNT ? texts[why] : NULL;
}

uint64_t control_key(size_t fault, uint64_t identity, uint64_t counter)
{
    uint64_t parts[3] = {fault, identity, counter};
    return hash_bytes(0, parts, sizeof parts);
}

static int by_value(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

void control_sort_replay(struct control *control)
{
    qsort(control->replay, control->replay_count, sizeof *control->replay, by_value);
}

bool control_replays(const struct control *control, uint64_t key)
{
    return bsearch(&key, control->replay, control->replay_count, sizeof key, by_value) != NULL;
}
