/* SPDX-License-Identifier: MIT */
/*
 * What SCTP has beyond the socket calls (RFC 6458): the calls of section 9, what is told of a
 * message, and the layouts and numbers of options and notifications, which every implementation
 * has its own of.
 */
#ifndef SOCKPROOF_STACK_SCTP_H
#define SOCKPROOF_STACK_SCTP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* How a message is sent (RFC 6458 sections 5.3.4 and 5.3.7). Numbers are the stack's own. */
struct sctp_send {
    uint16_t stream;
    uint32_t ppid; /* host order */
    uint16_t flags;
    uint32_t assoc;
    uint16_t policy; /* 0: reliable */
    uint32_t value;  /* of the policy */
};

/* What is told of a message that was received (section 5.3.5). */
struct sctp_receive {
    bool told;
    bool unordered;
    uint16_t stream, ssn;
    uint32_t ppid; /* host order */
    uint32_t tsn, context, assoc;
};

/* Numbers that stand for a name; a member of a layout is of one set. */
enum sctp_set {
    SCTP_SET_NUMBER, /* no name: a plain number */
    SCTP_SET_NOTICE, /* SCTP_ASSOC_CHANGE, … */
    SCTP_SET_ASSOC_STATE,
    SCTP_SET_ADDRESS_STATE,
    SCTP_SET_STATUS,
    SCTP_SET_PATH,
    SCTP_SET_INDICATION,
    SCTP_SET_SEND_FLAG,
    SCTP_SET_POLICY,
    SCTP_SET_FAILED,
    SCTP_SET_VALUE, /* what is only ever given: SPP_HB_ENABLE, SCTP_BINDX_ADD_ADDR, … */
    SCTP_SET_ADDRESS,
    SCTP_SET_PORT, /* a number in network byte order */
    SCTP_SET_REST, /* the bytes behind the structure */
    SCTP_SET_LIST  /* numbers of two bytes behind it, which the structure counts */
};

struct sctp_constant {
    const char *name;
    int64_t value;
    enum sctp_set set;
};

struct sctp_member {
    const char *name; /* as RFC 6458 calls it: srto_initial */
    size_t offset, size;
    enum sctp_set set;
};

enum { SCTP_MEMBERS = 12 };

/* An option's or a notification's structure. */
struct sctp_layout {
    const char *name; /* of the option; for a notification the name of its type */
    int number;       /* of the option, or the type */
    size_t size;
    struct sctp_member members[SCTP_MEMBERS]; /* ended by a NULL name, if there is room */
};

/* The numbers and layouts of one implementation; every list ends with a NULL name. */
struct sctp_dialect {
    const struct sctp_constant *constants;
    const struct sctp_layout *options;
    const struct sctp_layout *notifications;
};

/* The calls. Result and errno as their namesakes of RFC 6458 sections 8 and 9. */
struct stack_sctp {
    const struct sctp_dialect *dialect;
    ssize_t (*sendv)(int fd, const void *data, size_t size, const struct sockaddr *to,
                     socklen_t to_size, const struct sctp_send *info, int flags);
    /* *flags: in MSG_PEEK and the like, out MSG_EOR and MSG_NOTIFICATION as the kernel numbers
       them. */
    ssize_t (*recvv)(int fd, void *data, size_t size, struct sockaddr *from, socklen_t *from_size,
                     struct sctp_receive *info, int *flags);
    int (*peeloff)(int fd, uint32_t assoc);
    int (*bindx)(int fd, const struct sockaddr *addr, socklen_t size, int how);
    /* count addresses, packed as section 9.1 asks for. */
    int (*connectx)(int fd, const void *addresses, int count, uint32_t *assoc);
    /* The number of addresses of the peer, or the local ones; -1 with errno. The first goes to
     *first. */
    int (*getpaddrs)(int fd, uint32_t assoc, struct sockaddr_storage *first);
    int (*getladdrs)(int fd, uint32_t assoc, struct sockaddr_storage *first);
};

/* The layout called name in a list, or NULL. */
const struct sctp_layout *sctp_layout_find(const struct sctp_layout *list, const char *name);
/* The notification with that type, or NULL. */
const struct sctp_layout *sctp_layout_of_type(const struct sctp_layout *list, int type);
/* The member called name: whole (srto_initial) or behind its first underscore (initial). NULL. */
const struct sctp_member *sctp_member_find(const struct sctp_layout *layout, const char *name);
/* The number called name in any set, or NULL. */
const struct sctp_constant *sctp_constant_find(const struct sctp_dialect *dialect,
                                               const char *name);
/* The name of value in set, or NULL. */
const char *sctp_constant_name(const struct sctp_dialect *dialect, enum sctp_set set,
                               int64_t value);
/* A member's number in a structure of size bytes (0 where it does not reach), and putting one. */
int64_t sctp_member_get(const struct sctp_member *member, const void *structure, size_t size);
void sctp_member_put(const struct sctp_member *member, void *structure, int64_t value);

#endif
