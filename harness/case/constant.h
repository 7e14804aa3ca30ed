/*
 * A constant: a name of the C headers and its value here. Case files use the names; nobody
 * types numbers. One table (constant.def) serves the parser, the schema and the reports.
 */
#ifndef SOCKPROOF_CASE_CONSTANT_H
#define SOCKPROOF_CASE_CONSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum constant_group {
    GROUP_ERRNO,
    GROUP_SOCKET_TYPE,  /* SOCK_STREAM …, SOCK_NONBLOCK, SOCK_CLOEXEC */
    GROUP_FAMILY,       /* AF_INET … */
    GROUP_PROTOCOL,     /* IPPROTO_TCP … */
    GROUP_SHUT,         /* SHUT_RD … */
    GROUP_MSG,          /* MSG_PEEK … */
    GROUP_POLL,         /* POLLIN … */
    GROUP_EPOLL,        /* EPOLLIN … */
    GROUP_EPOLL_OP,     /* EPOLL_CTL_ADD … */
    GROUP_OPEN,         /* O_NONBLOCK, O_ASYNC, O_RDWR … */
    GROUP_FD,           /* FD_CLOEXEC */
    GROUP_FCNTL,        /* F_GETFL … */
    GROUP_IOCTL,        /* FIONREAD … */
    GROUP_SIGNAL,       /* SIGPIPE … */
    GROUP_SIGACTION,    /* SA_RESTART … */
    GROUP_PACKET_TYPE,  /* PACKET_OUTGOING … */
    GROUP_SPLICE,       /* SPLICE_F_NONBLOCK … */
    GROUP_CAPABILITY,   /* CAP_NET_RAW … */
    GROUP_RLIMIT,       /* RLIMIT_NOFILE … */
    GROUP_TCP_STATE,    /* TCP_ESTABLISHED … */
    GROUP_TCP_FLAG,     /* FIN SYN RST PSH ACK URG ECE CWR as bits of the TCP header */
    GROUP_EE_ORIGIN,    /* SO_EE_ORIGIN_ICMP … */
    GROUP_LEVEL,        /* SOL_SOCKET … */
    GROUP_SCTP,         /* SCTP_ASSOC_CHANGE, SCTP_COMM_UP … : names only, values when known */
    GROUP_OPTION_VALUE, /* IP_PMTUDISC_DO …: values of int options */
    GROUP_COUNT
};

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
/* All constants; the table ends with a NULL name. */
const struct constant *constant_table(void);

/* What a socket option carries. */
enum option_type {
    OPTION_INT,     /* an int; flags and sizes too */
    OPTION_ERRNO,   /* SO_ERROR: an int that is an errno */
    OPTION_TYPE,    /* SO_TYPE: a GROUP_SOCKET_TYPE int */
    OPTION_FAMILY,  /* SO_DOMAIN: a GROUP_FAMILY int */
    OPTION_PROTO,   /* SO_PROTOCOL: a GROUP_PROTOCOL int */
    OPTION_TIME,    /* struct timeval */
    OPTION_LINGER,  /* struct linger: {l_onoff, l_linger} */
    OPTION_TCPINFO, /* struct tcp_info, read only: {tcpi_state: …, …} */
    OPTION_TEXT,    /* a string: SO_BINDTODEVICE, TCP_CONGESTION */
    OPTION_SCTP     /* known by name; carried by the SCTP stacks alone */
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

#endif
