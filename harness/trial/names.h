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
#include <stdint.h>
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
    int type;             /* SOCK_STREAM, … */
    unsigned socket;      /* which socket of the case it is; 0: of a group */
    int domain, protocol; /* of one that a step made with socket; else 0 */
    bool message;         /* keeps message boundaries */
    bool closed;          /* by the case itself */
    bool header;          /* what is sent has its IP header (IP_HDRINCL) */
    bool repair, layered; /* TCP_REPAIR is on; TCP_ULP was set */
    int repair_queue;     /* TCP_REPAIR_QUEUE */
    bool peeks;           /* SO_PEEK_OFF was set, to peek_from */
    int64_t peek_from;
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
    unsigned socket_count;
    struct group groups[GROUP_MAX];
    size_t group_count;
};

#endif
