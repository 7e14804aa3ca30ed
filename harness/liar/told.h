/* SPDX-License-Identifier: MIT */
/*
 * What the liars of this folder share: the calls, the operators, and the one lie that is told.
 * No business of anybody else.
 */
#ifndef SOCKPROOF_LIAR_TOLD_H
#define SOCKPROOF_LIAR_TOLD_H

#include "stack/stack.h"

enum call {
#define CALL(name, operators) CALL_##name,
#include "liar/calls.def"
#undef CALL
    CALL_COUNT
};

enum operator{
#define OPERATOR(id, word, says) OP_##id,
#include "liar/operators.def"
#undef OPERATOR
    OP_COUNT
};

struct lie {
    enum call call;
    enum operator operator;
    int level, option; /* of OP_IGNORE_ONE: the socket option that is ignored */
};

/* The honest table, and the lie that this process tells about it. */
extern const struct stack *const liar_truth;
extern struct lie liar_told; /* .call CALL_COUNT: none */

/* Whether this call is lied about, and whether with this operator. */
bool liar_about(enum call call);
bool liar_tells(enum call call, enum operator operator);
/* The result of a call that is not a descriptor: ERRNO and SUCCESS applied. Keeps errno. */
ssize_t liar_result(enum call call, ssize_t result);
/* The same for a call that makes a descriptor, and HIGH. The caller owns the descriptor. */
int liar_descriptor(enum call call, int fd);
/* The port of an address, one further on. */
void liar_shift_port(struct sockaddr *addr);
/* OP_NO_ADDRESS and OP_WRONG_PORT on an address that the call has stored. */
void liar_address(enum call call, struct sockaddr *addr, socklen_t *length);

#endif
