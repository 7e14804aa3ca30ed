/* SPDX-License-Identifier: MIT */
/*
 * Re-arming: an edge-triggered epoll tells of new bytes once. When a fault leaves bytes behind, or
 * room, the descriptor is set anew in each epoll that watches it so, or the program would wait for
 * ever through no fault of its own.
 */
#ifndef SOCKPROOF_PRELOAD_REARM_H
#define SOCKPROOF_PRELOAD_REARM_H

#include <stdbool.h>
#include <sys/epoll.h>

#define DESCRIPTOR_LIMIT 65536 /* numbers above are not followed */

/* An epoll_ctl of these arguments has succeeded. */
void rearm_note(int epoll, int operation, int fd, const struct epoll_event *event);
/* The numbers from first to last are closed: as descriptors that are watched, and as epolls. */
void rearm_forget(unsigned first, unsigned last);
/* Whether a socket was ever put under the watch of this epoll. */
bool rearm_watches(int epoll);
/* Sets fd anew wherever it is watched for edges. errno stays. */
void rearm_edge(int fd);

#endif
