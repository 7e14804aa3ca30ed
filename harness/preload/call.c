#include "preload/call.h"

#include <errno.h>
#include <string.h>

static const struct point_info points[POINT_COUNT] = {
#define POINT(name, group, strict, lenient, what)                                                  \
    [POINT_##name] = {#name, GROUP_##group, strict, lenient, what},
#include "preload/call.def"
};

static const char *const groups[GROUP_POINTS] = {"none", "receive", "transmit", "wait", "name"};

const struct point_info *point_info(enum point point)
{
    return &points[point];
}

const char *point_group_name(enum point_group group)
{
    return groups[group];
}

enum point point_find(const char *name)
{
    unsigned found = 0;
    while (found < POINT_COUNT && strcmp(points[found].name, name) != 0)
        found++;
    return (enum point)found;
}

enum point point_of_symbol(const char *symbol)
{
    static const struct {
        const char *symbol;
        enum point point;
    } symbols[] = {
#define CALL(symbol, point, ...) {#symbol, POINT_##point},
#include "preload/call.def"
    };
    enum point found = POINT_COUNT;
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols && found == POINT_COUNT; i++)
        if (strcmp(symbols[i].symbol, symbol) == 0)
            found = symbols[i].point;
    return found;
}

enum point_group point_group_find(const char *name)
{
    unsigned found = GROUP_none + 1;
    while (found < GROUP_POINTS && strcmp(groups[found], name) != 0)
        found++;
    return (enum point_group)found;
}

static const struct candidate receiving[] = {{FAULT_ERRNO, EINTR, "errno EINTR"},
                                             {FAULT_ERRNO, EAGAIN, "errno EAGAIN"},
                                             {FAULT_CAP, 1, "cap 1"},
                                             {FAULT_RESET, 0, "reset"},
                                             {FAULT_EOF, 0, "eof"},
                                             {FAULT_NONE, 0, NULL}};
static const struct candidate sending[] = {{FAULT_ERRNO, EINTR, "errno EINTR"},
                                           {FAULT_ERRNO, EAGAIN, "errno EAGAIN"},
                                           {FAULT_CAP, 1, "cap 1"},
                                           {FAULT_RESET, 0, "reset"},
                                           {FAULT_ERRNO, EPIPE, "errno EPIPE"},
                                           {FAULT_NONE, 0, NULL}};
static const struct candidate connecting[] = {{FAULT_ERRNO, EINTR, "errno EINTR"},
                                              {FAULT_ERRNO, ECONNREFUSED, "errno ECONNREFUSED"},
                                              {FAULT_ERRNO, ETIMEDOUT, "errno ETIMEDOUT"},
                                              {FAULT_NONE, 0, NULL}};
static const struct candidate accepting[] = {{FAULT_ERRNO, EINTR, "errno EINTR"},
                                             {FAULT_ERRNO, ECONNABORTED, "errno ECONNABORTED"},
                                             {FAULT_ERRNO, EMFILE, "errno EMFILE"},
                                             {FAULT_NONE, 0, NULL}};
static const struct candidate making[] = {{FAULT_ERRNO, EMFILE, "errno EMFILE"},
                                          {FAULT_NONE, 0, NULL}};
static const struct candidate binding[] = {{FAULT_ERRNO, EADDRINUSE, "errno EADDRINUSE"},
                                           {FAULT_NONE, 0, NULL}};
static const struct candidate interrupted[] = {{FAULT_ERRNO, EINTR, "errno EINTR"},
                                               {FAULT_NONE, 0, NULL}};
static const struct candidate naming[] = {{FAULT_ERRNO, EAGAIN, "errno EAGAIN"},
                                          {FAULT_ERRNO, ENOENT, "errno ENOENT"},
                                          {FAULT_NONE, 0, NULL}};
static const struct candidate nothing[] = {{FAULT_NONE, 0, NULL}};

const struct candidate *point_candidates(enum point point)
{
    static const struct candidate *const by_group[GROUP_POINTS] = {[GROUP_none] = nothing,
                                                                   [GROUP_receive] = receiving,
                                                                   [GROUP_transmit] = sending,
                                                                   [GROUP_wait] = interrupted,
                                                                   [GROUP_name] = naming};
    static const struct candidate *const by_point[POINT_COUNT] = {
        [POINT_connect] = connecting, [POINT_accept] = accepting, [POINT_socket] = making,
        [POINT_socketpair] = making,  [POINT_bind] = binding,     [POINT_listen] = binding,
        [POINT_close] = interrupted,  [POINT_dup] = making,       [POINT_epoll_create] = making,
    };
    return by_point[point] != NULL ? by_point[point] : by_group[points[point].group];
}
