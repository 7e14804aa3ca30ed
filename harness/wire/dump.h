/* SPDX-License-Identifier: MIT */
/*
 * Dumps: what a netlink family says that there is, message by message (netlink(7)).
 */
#ifndef SOCKPROOF_WIRE_DUMP_H
#define SOCKPROOF_WIRE_DUMP_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is asked: a type of message with its family's header, and whether for all of a kind or for
   one thing. */
struct inquiry {
    uint16_t type;
    bool all;
    const void *body;
    size_t size; /* of body, at most INQUIRY_MAX */
};

#define INQUIRY_MAX 64

/* One attribute of a message. */
struct dumped {
    uint16_t type; /* without its flags */
    size_t size;
    const void *value;
};

/* Asks, and hands each message of the answer to take. The socket is one that nothing else waits
   on. 0, or -1 with the errno that the kernel answered. */
int dump(int netlink, const struct inquiry *inquiry,
         void (*take)(void *context, const struct nlmsghdr *message), void *context);
/* The attribute that stands at *at of a message whose family's header has that size (0 at first),
   and moves *at behind it. False at the end. */
bool dump_attribute(const struct nlmsghdr *message, size_t header, size_t *at, struct dumped *out);

#endif
