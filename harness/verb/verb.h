/* SPDX-License-Identifier: MIT */
/*
 * A verb: what one step does. The table in verb.def is the only list of them; what may
 * stand beside it is listed in key.def.
 */
#ifndef SOCKPROOF_VERB_VERB_H
#define SOCKPROOF_VERB_VERB_H

#include "base/lesson.h"

#include <stdbool.h>
#include <stddef.h>

#define PARAM_MAX 8

/* What may stand in a parameter's place (constants are named as in the C headers). */
enum param_type {
    TYPE_INTEGER,          /* bare integer, of 32 bits */
    TYPE_STREAM,           /* of SCTP: bare integer, of 16 bits */
    TYPE_MESSAGES,         /* bare integer, not negative: how many messages the step is about */
    TYPE_SIZE,             /* integer, nKiB, nMiB */
    TYPE_ROOM,             /* the same: bytes that lie in memory, for each of the messages */
    TYPE_SIZE_OR_ACCEPTED, /* a size, or the word "accepted" */
    TYPE_TIME,             /* nus, nms, ns */
    TYPE_BYTES,            /* "text", {text}, {hex}, {pattern: N}, {zeros: N} */
    TYPE_BYTES_LIST,
    TYPE_SIZE_LIST,
    TYPE_CONTENT,     /* bytes, or a packet mapping (raw and icmp) that may hold to: ADDRESS */
    TYPE_PACKET,      /* a kind (syn synack ack data fin rst) or a packet mapping */
    TYPE_SENT_PACKET, /* a packet mapping */
    TYPE_ADDRESS,     /* an actor, or {host: …, port: …} */
    TYPE_DESCRIPTOR,
    TYPE_STARTED, /* the name of a started call */
    TYPE_OPTION_NAME,
    TYPE_OPTION_VALUE, /* what the option of the first parameter takes */
    TYPE_OPTION_ASKED, /* what is asked of an option: a mapping of its members */
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
    TYPE_COMMAND_ARG, /* of fcntl or ioctl: integer, list of flags, or the word "self" */
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

#define MODIFIER(name, ...) MODIFIER_##name,
#define EXPECTATION(name, ...)
enum modifier {
#include "verb/key.def"
    MODIFIER_COUNT
};
#undef MODIFIER
#undef EXPECTATION

#define MODIFIER(name, ...)
#define EXPECTATION(name, ...) EXPECT_##name,
enum expectation {
#include "verb/key.def"
    EXPECT_COUNT
};
#undef EXPECTATION

#define EXPECTATION(name, ...) OUT_##name = 1 << EXPECT_##name,
enum out {
#include "verb/key.def"
    OUT_ANY = (1 << EXPECT_COUNT) - 1
};
#undef MODIFIER
#undef EXPECTATION

#define VERB(name, ...) VERB_##name,
enum verb_id {
#include "verb/verb.def"
    VERB_COUNT
};
#undef VERB

enum verb_side { SIDE_ACTOR, SIDE_WIRE };

/* What a verb is to those who treat many alike. */
enum verb_trait {
    VERB_SENDS = 1 << 0,         /* its calls hand data to the socket */
    VERB_RECEIVES = 1 << 1,      /* its calls take data from the socket */
    VERB_MAKES = 1 << 2,         /* a new descriptor is its result, which as: names */
    VERB_MAKES_SOCKET = 1 << 3,  /* the same, of a socket that is 'sock' without as: */
    VERB_MAKES_PAIR = 1 << 4,    /* it makes two */
    VERB_ACCEPTS = 1 << 5,       /* it works on a listener */
    VERB_CONNECTS = 1 << 6,      /* the socket has a peer from then on */
    VERB_BINDS = 1 << 7,         /* the socket has an address from then on */
    VERB_NO_DESCRIPTOR = 1 << 8, /* it works on none */
    VERB_PAIR = 1 << 9,          /* its mapping may be {FIRST: SECOND} */
    VERB_NO_CALL = 1 << 10,      /* it makes no call whose result could be looked at */
    VERB_ENDS_STARTED = 1 << 11, /* it gives what the started call that it names gives */
    VERB_WEARS = 1 << 12,        /* it changes the actor in a way that cannot be put back */
    VERB_PROGRAM = 1 << 13,      /* it is a program, which settles when it likes */
    VERB_LONG = 1 << 14,         /* a long pattern that it sends need not lie in memory */
    VERB_SLEEPS_THIRD = 1 << 15  /* the descriptor is the third argument of the call it sleeps in */
};

/* The system calls in which a verb's call may stay open. */
enum sleeps {
    SLEEPS_NOWHERE,
    SLEEPS_RECEIVE,
    SLEEPS_SEND,
    SLEEPS_ACCEPT,
    SLEEPS_CONNECT,
    SLEEPS_CLOSE,
    SLEEPS_SHUTDOWN,
    SLEEPS_POLL,
    SLEEPS_SELECT,
    SLEEPS_EPOLL,
    SLEEPS_PROGRAM /* wherever the program likes */
};

struct param {
    const char *name;
    enum param_type type;
    bool required;
};

struct verb {
    enum verb_id id;
    const char *name;
    const char *family; /* the file of its operations */
    enum verb_side side;
    unsigned traits; /* VERB_* bits of enum verb_trait */
    enum sleeps sleeps;
    unsigned outs; /* OUT_* bits that a step with this verb may hold */
    struct lesson lesson;
    size_t param_count;
    struct param params[PARAM_MAX];
};

/* True when the verb has one of the traits. */
bool verb_has(const struct verb *verb, unsigned traits);
/* The verb of that name, or NULL. */
const struct verb *verb_find(const char *name);
/* The verb with that number. */
const struct verb *verb_get(enum verb_id id);
/* The names of the expectations and modifiers, by number; NULL terminated. */
extern const char *const expectation_names[EXPECT_COUNT + 1];
extern const char *const modifier_names[MODIFIER_COUNT + 1];
/* What an expectation or a modifier means. */
const struct lesson *verb_expectation_lesson(enum expectation expectation);
const struct lesson *verb_modifier_lesson(enum modifier modifier);

#endif
