/* SPDX-License-Identifier: MIT */
#include "case/constant.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/errqueue.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

/* These lean on sys/socket.h and must come behind it. */
#include <linux/sctp.h>

#define CONSTANT(group, name) {#name, (int64_t)(name), GROUP_##group},
#define NUMBERED(group, name, value) {#name, (int64_t)(value), GROUP_##group},
#define OPTION(name, level, type)
#define OPTION_NUMBERED(name, level, number, type)
static const struct constant constants[] = {
#include "case/constant.def"
    {NULL, 0, GROUP_COUNT}};
#undef CONSTANT
#undef NUMBERED
#undef OPTION
#undef OPTION_NUMBERED

#define CONSTANT(group, name)
#define NUMBERED(group, name, value)
#define OPTION(name, level, type) {#name, level, name, OPTION_##type},
#define OPTION_NUMBERED(name, level, number, type) {#name, level, number, OPTION_##type},
static const struct option options[] = {
#include "case/constant.def"
    {NULL, 0, 0, OPTION_INT}};

enum {
    CONSTANTS = sizeof constants / sizeof *constants,
    OPTIONS = sizeof options / sizeof *options
};

#define TITLE(name, title) title,
const char *constant_group_title(enum constant_group group)
{
    static const char *const titles[] = {CONSTANT_GROUPS(TITLE)};
    return titles[group];
}

/* Where each group begins; it stands in one piece. Names are looked up for every call and every
   packet of a case. */
static const struct constant *first_of[GROUP_COUNT];

__attribute__((constructor)) static void find_groups(void)
{
    for (size_t i = CONSTANTS; i-- > 0;)
        if (constants[i].name != NULL)
            first_of[constants[i].group] = &constants[i];
}

const struct constant *constant_table(void)
{
    return constants;
}

const struct constant *constant_first(enum constant_group group)
{
    return first_of[group];
}

const struct option *option_table(void)
{
    return options;
}

const struct constant *constant_find(enum constant_group group, const char *name)
{
    const struct constant *found = NULL;
    for (const struct constant *one = first_of[group]; one->group == group && found == NULL; one++)
        if (strcmp(one->name, name) == 0)
            found = one;
    return found;
}

const char *constant_name(enum constant_group group, int64_t value)
{
    const char *found = NULL;
    for (const struct constant *one = first_of[group]; one->group == group && found == NULL; one++)
        if (one->value == value)
            found = one->name;
    return found;
}

const struct option *option_find(const char *name)
{
    const struct option *found = NULL;
    for (const struct option *one = options; one->name != NULL && found == NULL; one++)
        if (strcmp(one->name, name) == 0)
            found = one;
    return found;
}

const char *const *constant_names(enum constant_group group)
{
    /* One list per group, end to end, each with its own NULL. Filling it twice writes the same. */
    static const char *names[CONSTANTS + GROUP_COUNT];
    size_t next = 0;
    size_t begin = 0;
    for (int each = 0; each < GROUP_COUNT; each++) {
        if (each == (int)group)
            begin = next;
        for (const struct constant *one = constants; one->name != NULL; one++)
            if ((int)one->group == each)
                names[next++] = one->name;
        names[next++] = NULL;
    }
    return names + begin;
}

const struct option *option_numbered(int level, int number)
{
    const struct option *found = NULL;
    for (const struct option *one = options; one->name != NULL && found == NULL; one++)
        if (one->level == level && one->number == number)
            found = one;
    return found;
}

const char *const *option_names(void)
{
    static const char *names[OPTIONS];
    for (size_t i = 0; i < OPTIONS; i++)
        names[i] = options[i].name;
    return names;
}
