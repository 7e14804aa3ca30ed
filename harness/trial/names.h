/* SPDX-License-Identifier: MIT */
/*
 * Names: the descriptors and groups that a case can speak of.
 */
#ifndef SOCKPROOF_TRIAL_NAMES_H
#define SOCKPROOF_TRIAL_NAMES_H

#include "case/limit.h"
#include "observe/pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct member;

/* Of a socket, as packets have them; 0: not known. */
struct ports_of {
    uint16_t own, peer;
};

/* A socket that the case can name. */
struct descriptor {
    const struct member *owner;
    const char *name;
    int fd;
    int type;                            /* SOCK_STREAM, … */
    int domain, protocol;                /* of one that a step made with socket; else 0 */
    bool message;                        /* keeps message boundaries */
    bool closed;                         /* by the case itself */
    struct sockaddr_storage local, peer; /* ss_family 0: not known */
    struct pattern sends, receives;      /* pattern bytes so far, by direction */
};

/* Many sockets of one actor that a step treats alike: those of clients, or a server's for each. */
struct group {
    const struct member *owner;
    const char *name;
    size_t count;
    struct descriptor *sockets;
};

struct names {
    struct descriptor descriptors[DESCRIPTOR_NAMES];
    size_t descriptor_count;
    struct group groups[GROUP_MAX];
    size_t group_count;
};

#endif
