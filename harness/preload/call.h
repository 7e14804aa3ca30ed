/*
 * The calls that the interposer stands in front of, and the fault points that they reach: the table
 * in call.def as data. Plain constants; safe in any thread and in a signal handler.
 */
#ifndef SOCKPROOF_PRELOAD_CALL_H
#define SOCKPROOF_PRELOAD_CALL_H

#include "fault/plan.h"

#include <stdbool.h>
#include <stddef.h>

enum point {
#define POINT(name, ...) POINT_##name,
#include "preload/call.def"
    POINT_COUNT
};

/* Wider points: a plan may name one in place of each of its calls. */
enum point_group {
    GROUP_none,
    GROUP_receive,
    GROUP_transmit,
    GROUP_wait,
    GROUP_name,
    GROUP_POINTS
};

struct point_info {
    const char *name;
    enum point_group group;
    const char *strict;  /* errors that Linux can give there, blanks between */
    const char *lenient; /* those that POSIX allows besides */
    const char *what;
};

/* What stands at a point. Static storage. */
const struct point_info *point_info(enum point point);
/* "receive", …; static storage. */
const char *point_group_name(enum point_group group);
/* The point of that name, or POINT_COUNT. */
enum point point_find(const char *name);
/* The point of a symbol that the interposer stands in front of (accept4: accept), or POINT_COUNT.
 */
enum point point_of_symbol(const char *symbol);
/* The group of that name, or GROUP_POINTS; "none" is no group. */
enum point_group point_group_find(const char *name);

/* A fault that may be tried at a point, as exploration does. */
struct candidate {
    enum fault_action action;
    int argument;     /* errno, or bytes */
    const char *text; /* as on the command line, without the point: "errno EINTR" */
};

#define CANDIDATE_MAX 8

/* The faults that fit a point; ends with FAULT_NONE. At most CANDIDATE_MAX. Static storage. */
const struct candidate *point_candidates(enum point point);

#endif
