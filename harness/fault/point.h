/* SPDX-License-Identifier: MIT */
/*
 * The points at which a fault may meet a call: the table in point.def as data. Plain constants; any
 * thread, any signal handler.
 */
#ifndef SOCKPROOF_FAULT_POINT_H
#define SOCKPROOF_FAULT_POINT_H

#include <stdbool.h>
#include <stdint.h>

enum point {
#define POINT(name, ...) POINT_##name,
#include "fault/point.def"
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

/* What a call does, as far as faults look at it. */
enum point_kind {
    KIND_PLAIN,
    KIND_MOVE,
    KIND_MESSAGE,
    KIND_MANY,
    KIND_MAKE,
    KIND_NEW,
    KIND_CONNECT,
    KIND_CLOSE,
    KIND_COPY,
    KIND_WAIT,
    KIND_NAME
};

enum point_callers { CALLERS_PROGRAMS = 1, CALLERS_ACTORS = 2, CALLERS_BOTH = 3 };

struct point_info {
    const char *name;
    enum point_kind kind;
    enum point_group group;
    enum point_callers callers;
    const char *strict;  /* errors that Linux can give there, blanks between */
    const char *lenient; /* those that POSIX allows besides */
    const char *what;
};

/* What stands at a point. Static storage. */
const struct point_info *point_info(enum point point);
/* "receive", …; static storage. */
const char *point_group_name(enum point_group group);
/* The points of that name, a bit each: one, of which the name may be an alias (accept4: accept), or
   those of a group. 0: there is none. */
uint64_t point_find(const char *name);
/* True when calls of that kind move bytes or messages. */
bool point_moves(enum point_kind kind);

#endif
