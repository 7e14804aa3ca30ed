/*
 * A verb: what one step does. The table in verb.def is the only list of them.
 */
#ifndef SOCKPROOF_VERB_VERB_H
#define SOCKPROOF_VERB_VERB_H

#include <stdbool.h>
#include <stddef.h>

#define PARAM_MAX 8

/* What may stand in a parameter's place (FORMAT: constants as in the C headers). */
enum param_type {
    TYPE_INTEGER,          /* bare integer */
    TYPE_SIZE,             /* integer, nKiB, nMiB */
    TYPE_SIZE_OR_ACCEPTED, /* a size, or the word "accepted" */
    TYPE_TIME,             /* nus, nms, ns */
    TYPE_BYTES,            /* "text", {text}, {hex}, {pattern: N}, {zeros: N} */
    TYPE_BYTES_LIST,
    TYPE_SIZE_LIST,
    TYPE_CONTENT, /* bytes, or a packet mapping (raw and icmp) that may hold to: ADDRESS */
    TYPE_PACKET,  /* a kind (syn synack ack data fin rst) or a packet mapping */
    TYPE_ADDRESS, /* an actor, or {host: …, port: …} */
    TYPE_DESCRIPTOR,
    TYPE_STARTED, /* the name of a started call */
    TYPE_OPTION_NAME,
    TYPE_OPTION_VALUE, /* integer, size, time, constant or a mapping of members */
    TYPE_CONTROL,
    TYPE_SOCKET_TYPE,
    TYPE_PROTOCOL,
    TYPE_FAMILY,
    TYPE_SHUT,
    TYPE_MSG_FLAGS,
    TYPE_POLL_EVENTS,
    TYPE_EPOLL_EVENTS,
    TYPE_EPOLL_OP,
    TYPE_OPEN_FLAGS,
    TYPE_FCNTL,
    TYPE_FCNTL_ARG, /* integer, list of flags, or the word "self" */
    TYPE_IOCTL,
    TYPE_SIGNAL,
    TYPE_SIGACTION_FLAGS,
    TYPE_SIGNALS,
    TYPE_SPLICE_FLAGS,
    TYPE_ARGV,
    TYPE_SCTP_FLAGS, /* SCTP_UNORDERED … */
    TYPE_SCTP_WORD,
    TYPE_READY,    /* listening, or {prints: TEXT}: when a program is to be taken for ready */
    TYPE_TRAFFIC,  /* client, server, both, or a packet mapping */
    TYPE_DIRECTION /* client, server, both */
};

/* What a step may expect, in the order of the format's page. */
#define EXPECTATIONS(X)                                                                            \
    X(returns)                                                                                     \
    X(errno)                                                                                       \
    X(data)                                                                                        \
    X(from)                                                                                        \
    X(packet)                                                                                      \
    X(msg_flags)                                                                                   \
    X(control)                                                                                     \
    X(info)                                                                                        \
    X(notification)                                                                                \
    X(value)                                                                                       \
    X(addr)                                                                                        \
    X(revents)                                                                                     \
    X(events)                                                                                      \
    X(messages)                                                                                    \
    X(signals)                                                                                     \
    X(took)                                                                                        \
    X(exit)                                                                                        \
    X(stdout)                                                                                      \
    X(stderr)                                                                                      \
    X(fate)                                                                                        \
    X(count)

/* What says how a step is done. */
#define MODIFIERS(X)                                                                               \
    X(fd)                                                                                          \
    X(as)                                                                                          \
    X(start)                                                                                       \
    X(at)                                                                                          \
    X(each)                                                                                        \
    X(save)                                                                                        \
    X(limits)                                                                                      \
    X(without)                                                                                     \
    X(within)                                                                                      \
    X(from)                                                                                        \
    X(to)

#define EXPECT_ENUM(name) EXPECT_##name,
enum expectation { EXPECTATIONS(EXPECT_ENUM) EXPECT_COUNT };
#define MODIFIER_ENUM(name) MODIFIER_##name,
enum modifier { MODIFIERS(MODIFIER_ENUM) MODIFIER_COUNT };

#define OUT_ENUM(name) OUT_##name = 1 << EXPECT_##name,
enum out { EXPECTATIONS(OUT_ENUM) OUT_ANY = (1 << EXPECT_COUNT) - 1 };

#define VERB(name, ...) VERB_##name,
enum verb_id {
#include "verb/verb.def"
    VERB_COUNT
};
#undef VERB

enum verb_side { SIDE_ACTOR, SIDE_WIRE };

struct param {
    const char *name;
    enum param_type type;
    bool required;
};

struct verb {
    enum verb_id id;
    const char *name;
    enum verb_side side;
    bool runs;     /* this build can carry it out */
    unsigned outs; /* OUT_* bits that a step with this verb may hold */
    size_t param_count;
    struct param params[PARAM_MAX];
};

/* The verb of that name, or NULL. */
const struct verb *verb_find(const char *name);
/* The verb with that number. */
const struct verb *verb_get(enum verb_id id);
/* The names of the expectations and modifiers, by number; NULL terminated. */
extern const char *const expectation_names[EXPECT_COUNT + 1];
extern const char *const modifier_names[MODIFIER_COUNT + 1];

#endif
