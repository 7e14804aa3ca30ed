/* SPDX-License-Identifier: MIT */
#include "wire/inspect.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int prepare(const struct hosts *hosts, enum side side)
{
    return inspector_prepare(hosts->inspector[side]);
}

int inspect_prepare(const struct hosts *hosts)
{
    return hosts_visit(hosts, prepare);
}

bool inspect(const struct hosts *hosts, enum inspection how, char *what, size_t size)
{
    char found[256];
    bool any = false;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT && !any; side++) {
        bool there = how != INSPECT_ALL || setns(hosts->netns[side], CLONE_NEWNET) == 0;
        any = !there || inspector_finds(hosts->inspector[side], how, found, sizeof found);
        if (any)
            snprintf(what, size, "the %s's %s", side_name(side), there ? found : "namespace");
    }
    if (how == INSPECT_ALL && setns(hosts->wire_netns, CLONE_NEWNET) < 0 && !any) {
        snprintf(what, size, "the wire's namespace");
        any = true;
    }
    return any;
}

/* How many datagrams of a version of IP wait for their fragments where the caller stands, by a line
   of proc(5) net/sockstat; -1 when it is not told. */
static long waiting(const char *path, const char *begins)
{
    char line[256];
    long count = -1;
    FILE *file = fopen(path, "re");
    while (file != NULL && count < 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, begins, strlen(begins)) == 0)
            count = strtol(line + strlen(begins), NULL, 10);
    if (file != NULL)
        fclose(file);
    return count;
}

bool inspect_fragments(const struct hosts *hosts, char *what, size_t size)
{
    bool any = false;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT && !any; side++) {
        bool there = setns(hosts->netns[side], CLONE_NEWNET) == 0;
        long four = there ? waiting("/proc/thread-self/net/sockstat", "FRAG: inuse ") : -1;
        long six = there ? waiting("/proc/thread-self/net/sockstat6", "FRAG6: inuse ") : -1;
        any = four != 0 || six != 0;
        if (any)
            snprintf(what, size, "the %s's fragments, which %s", side_name(side),
                     four > 0 || six > 0 ? "wait for others" : "it does not tell");
    }
    if (setns(hosts->wire_netns, CLONE_NEWNET) < 0 && !any) {
        snprintf(what, size, "the wire's namespace");
        any = true;
    }
    return any;
}
