/* SPDX-License-Identifier: MIT */
/*
 * Arguments: what the calls of a verb are given, by the family of the verb. A member is called like
 * the parameter of verb.def that it holds; what no parameter gives is filled in by the family.
 */
#ifndef SOCKPROOF_VERB_ARGUMENTS_H
#define SOCKPROOF_VERB_ARGUMENTS_H

#include "actor/piece.h"
#include "verb/verb.h"

#include <stddef.h>

struct socket_in {
    struct argument type, protocol, domain, addr, backlog, listener, flags, how, fd;
};

struct option_in {
    struct argument name; /* number: level << 32 | number of the option */
    struct argument of, len, value, cmd, arg, request;
};

struct data_in {
    struct argument data, len, flags;
    struct argument to;
    struct argument iov; /* of writev: the pieces, number of them; of readv: their sizes */
};

struct message_in {
    struct argument iov;      /* sent: the pieces; received: their sizes; number of them */
    struct argument messages; /* the pieces, one a message; number of them */
    struct argument to, control, flags, count, len, timeout;
};

struct ready_in {
    struct argument events, timeout, mask, flags, op, target, maxevents;
};

struct pipe_in {
    struct argument file, offset, count, data, len, flags;
};

struct sctp_in {
    struct argument text, stream, ppid, flags, to, pr_policy, pr_value, assoc_id;
    struct argument len, addr, how, second;
};

struct loop_in {
    struct argument data, flags, len, end, max, count, size;
    struct argument sent; /* of send_each and fill: all bytes that may be sent */
};

struct process_in {
    struct argument signal, flags;
    struct argument thread; /* of kill: the thread that gets the signal, 0: the process */
};

/* When a program is taken for ready. */
enum program_ready { READY_AT_ONCE, READY_LISTENING, READY_PRINTED };

struct program_in {
    struct argument argv;            /* NUL-separated words; number of them */
    struct argument ready;           /* number: enum program_ready; what it prints, with its NUL */
    struct argument port;            /* on which it listens */
    struct argument control, object; /* paths of the interposer's, none: without it */
};

/* Of no call: the worker carries these out. */
struct started_in {
    struct argument name;
};

struct quiet_in {
    struct argument fd;
};

struct wire_in {
    struct argument packet, what;
};

union verb_in {
    struct socket_in socket;
    struct option_in option;
    struct data_in data;
    struct message_in message;
    struct ready_in ready;
    struct pipe_in pipe;
    struct sctp_in sctp;
    struct loop_in loop;
    struct process_in process;
    struct program_in program;
    struct started_in started;
    struct quiet_in quiet;
    struct wire_in wire;
};

/* Number i of the arguments that the verb's parameters stand for, from 0. */
struct argument *verb_argument(union verb_in *in, enum verb_id verb, size_t i);

#endif
