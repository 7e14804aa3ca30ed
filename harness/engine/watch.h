/* SPDX-License-Identifier: MIT */
/*
 * The watch: what the supervisor waits for, all in one epoll(7).
 */
#ifndef SOCKPROOF_ENGINE_WATCH_H
#define SOCKPROOF_ENGINE_WATCH_H

#include <stdbool.h>

/* Where something has come. */
enum source { SOURCE_SIGNALS, SOURCE_LANE, SOURCE_CONSOLE, SOURCE_STREAM };

enum { WATCH_MOST = 32 }; /* happenings that are told of at once */

struct happening {
    enum source source;
    int number; /* of the lane; else 0 */
};

/* The descriptor of a new watch, which the caller closes, or -1 with errno. */
int watch_open(void);
/* From now on the watch looks whether fd can be read. False with errno. */
bool watch_add(int watch, int fd, enum source source, int number);
/* No longer. To be called before fd is closed where another process has a copy of it: a copy would
   keep it watched, and hung up for ever. */
void watch_remove(int watch, int fd);
/* Waits at most so long, -1 for ever, until something can be read. Returns how many happenings
   there are; 0 also when a signal came between. */
int watch_wait(int watch, int timeout_ms, struct happening happenings[WATCH_MOST]);

#endif
