/* SPDX-License-Identifier: MIT */
/*
 * A constant: a name of the C headers and its value here. Case files use the names; nobody
 * types numbers. One table (constant.def) serves the parser, the schema and the reports.
 */
#ifndef SOCKPROOF_CASE_CONSTANT_H
#define SOCKPROOF_CASE_CONSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The groups of constants, each with its title in the reference of the format. */
#define CONSTANT_GROUPS(GROUP)                                                                     \
    GROUP(ERRNO, "Errors")                                                                         \
    GROUP(SOCKET_TYPE, "Socket types and their flags")                                             \
    GROUP(FAMILY, "Address families")                                                              \
    GROUP(PROTOCOL, "Protocols")                                                                   \
    GROUP(SHUT, "Directions of shutdown")                                                          \
    GROUP(MSG, "Flags of sends and receives")                                                      \
    GROUP(POLL, "Events of poll")                                                                  \
    GROUP(EPOLL, "Events of epoll")                                                                \
    GROUP(EPOLL_OP, "Operations of epoll_ctl")                                                     \
    GROUP(OPEN, "Flags of an open descriptor")                                                     \
    GROUP(FD, "Flags of a descriptor")                                                             \
    GROUP(FCNTL, "Commands of fcntl")                                                              \
    GROUP(IOCTL, "Requests of ioctl")                                                              \
    GROUP(SIGNAL, "Signals")                                                                       \
    GROUP(SIGACTION, "Flags of sigaction")                                                         \
    GROUP(PACKET_TYPE, "Kinds of link-layer packets")                                              \
    GROUP(SPLICE, "Flags of splice")                                                               \
    GROUP(CAPABILITY, "Capabilities")                                                              \
    GROUP(RLIMIT, "Resource limits")                                                               \
    GROUP(TCP_STATE, "States of TCP")                                                              \
    GROUP(TCP_FLAG, "Flags of the TCP header")                                                     \
    GROUP(EE_ORIGIN, "Origins of queued errors")                                                   \
    GROUP(LEVEL, "Levels of options")                                                              \
    GROUP(SCTP, "Constants of SCTP")                                                               \
    GROUP(OPTION_VALUE, "Values of options")

#define GROUP_ENUM(name, title) GROUP_##name,
enum constant_group { CONSTANT_GROUPS(GROUP_ENUM) GROUP_COUNT };

struct constant {
    const char *name;
    int64_t value;
    enum constant_group group;
};

/* The constant of that name in the group, or NULL. */
const struct constant *constant_find(enum constant_group group, const char *name);
/* The first name for value in the group (EAGAIN before EWOULDBLOCK), or NULL. Static storage. */
const char *constant_name(enum constant_group group, int64_t value);
/* The names of a group in the table's order; NULL terminated, static storage. For messages. */
const char *const *constant_names(enum constant_group group);
/* What the group is called, as a heading. Static storage. */
const char *constant_group_title(enum constant_group group);
/* All constants; the table ends with a NULL name. */
const struct constant *constant_table(void);
/* The first constant of a group; the others stand behind it, until one is of another group. */
const struct constant *constant_first(enum constant_group group);

/* What a socket option carries. */
enum option_type {
    OPTION_INT,         /* an int; flags and sizes too */
    OPTION_ERRNO,       /* SO_ERROR: an int that is an errno */
    OPTION_TYPE,        /* SO_TYPE: a GROUP_SOCKET_TYPE int */
    OPTION_FAMILY,      /* SO_DOMAIN: a GROUP_FAMILY int */
    OPTION_PROTO,       /* SO_PROTOCOL: a GROUP_PROTOCOL int */
    OPTION_TIME,        /* struct timeval */
    OPTION_LINGER,      /* struct linger: {l_onoff, l_linger} */
    OPTION_TCPINFO,     /* struct tcp_info, read only: {tcpi_state: …, …} */
    OPTION_TEXT,        /* a string: SO_BINDTODEVICE, TCP_CONGESTION */
    OPTION_BYTES,       /* bytes as they are: IP_OPTIONS, TCP_FASTOPEN_KEY */
    OPTION_WIDE,        /* eight bytes: SO_COOKIE, SO_MAX_PACING_RATE */
    OPTION_NETWORK,     /* an int in network byte order: IP_UNICAST_IF */
    OPTION_STAMPING,    /* SO_TIMESTAMPING: an int is taken, a structure may be given */
    OPTION_ADDRESS,     /* struct in_addr: IP_MULTICAST_IF */
    OPTION_MREQ,        /* struct ip_mreq, and so on: see case/structure.h */
    OPTION_MREQ_SOURCE, /* struct ip_mreq_source */
    OPTION_MREQ6,       /* struct ipv6_mreq */
    OPTION_PKTINFO6,    /* struct in6_pktinfo */
    OPTION_MTUINFO6,    /* struct ip6_mtuinfo, read only */
    OPTION_TXTIME,      /* struct sock_txtime */
    OPTION_SCTP,        /* known by name; carried by the SCTP stacks alone */
    OPTION_UNBUILT,     /* known by name; no build carries it */
    OPTION_TYPES
};

struct option {
    const char *name;
    int level;
    int number;
    enum option_type type;
};

/* The socket option of that name, or NULL. */
const struct option *option_find(const char *name);
/* The first option of that level and number, or NULL. */
const struct option *option_numbered(int level, int number);
/* The names of all options; NULL terminated, static storage. */
const char *const *option_names(void);
/* All options; the table ends with a NULL name. */
const struct option *option_table(void);
/* Level and number of an option in one number, level << 32 | number, whatever their signs. */
static inline int64_t option_key(int level, int number)
{
    return (int64_t)((uint64_t)(uint32_t)level << 32 | (uint32_t)number);
}

#endif
