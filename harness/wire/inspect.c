/* SPDX-License-Identifier: MIT */
#include "wire/inspect.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>

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
