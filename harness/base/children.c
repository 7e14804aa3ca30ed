/* SPDX-License-Identifier: MIT */
#include "base/children.h"

#include <stdlib.h>

FILE *children_open(pid_t pid)
{
    return pid > 0 ? children_of(pid, pid) : fopen("/proc/thread-self/children", "re");
}

FILE *children_of(pid_t pid, pid_t tid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)tid);
    return fopen(path, "re");
}

/* Word by word: where a piece of the list ends in the midst of a number, its rest is read too. */
pid_t children_next(FILE *list)
{
    char word[16];
    return fscanf(list, "%15s", word) == 1 ? (pid_t)strtol(word, NULL, 10) : 0;
}
