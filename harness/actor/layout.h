/* SPDX-License-Identifier: MIT */
/*
 * A layout: what bytes that a call is given or gives mean, member by member. Byte order, the size
 * of a long and where members stand are the machine's; in a frame every member is a number by
 * itself.
 */
#ifndef SOCKPROOF_ACTOR_LAYOUT_H
#define SOCKPROOF_ACTOR_LAYOUT_H

#include "actor/coder.h"

/* Each of these takes bytes at a place where there is room for so many: packs size of them, or
   unpacks. Returns how many there are here. What is cut off within a member goes as it is. */

/* The value of a socket option, level << 32 | number. */
size_t layout_option(const struct coder *coder, int64_t option, void *bytes, size_t size,
                     size_t room);
/* An address, with its family. */
size_t layout_address(const struct coder *coder, void *bytes, size_t size, size_t room);
/* Control data: messages behind each other, each with its header (cmsg(3)). */
size_t layout_control(const struct coder *coder, void *bytes, size_t size, size_t room);
/* Numbers of four bytes and of eight; of those of eight no zeros at the end. */
size_t layout_narrow(const struct coder *coder, void *bytes, size_t size, size_t room);
size_t layout_wide(const struct coder *coder, void *bytes, size_t size, size_t room);
/* What an ioctl tells: all of it. */
size_t layout_request(const struct coder *coder, int64_t request, void *bytes, size_t room);
/* struct epoll_event, one behind the other. */
size_t layout_events(const struct coder *coder, void *bytes, size_t size, size_t room);

#endif
