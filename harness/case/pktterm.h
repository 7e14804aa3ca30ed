/* SPDX-License-Identifier: MIT */
/*
 * Expressions of the codes of a packetdrill script, as a tree: what is computed from what.
 */
#ifndef SOCKPROOF_CASE_PKTTERM_H
#define SOCKPROOF_CASE_PKTTERM_H

#include "case/node.h"

/* What an expression comes to. */
struct pktnumber {
    bool known; /* otherwise there is none: a name without value, a division by zero, no room */
    bool whole;
    int64_t number; /* when whole */
    double real;    /* otherwise */
};

/* What a name stands for at the moment. */
struct pktterm_names {
    void *context;
    struct pktnumber (*value)(void *context, const char *name);
};

enum pktterm_kind {
    PKTTERM_NUMBER,
    PKTTERM_NAME,
    PKTTERM_NEGATIVE,
    PKTTERM_INVERSE, /* ~ */
    PKTTERM_NOT,
    PKTTERM_TIMES,
    PKTTERM_DIVIDED,
    PKTTERM_FLOORED, /* // */
    PKTTERM_REST,
    PKTTERM_PLUS,
    PKTTERM_MINUS,
    PKTTERM_LEFT,  /* << */
    PKTTERM_RIGHT, /* >> */
    PKTTERM_BITS_AND,
    PKTTERM_BITS_XOR,
    PKTTERM_BITS_OR,
    PKTTERM_EQUAL,
    PKTTERM_UNEQUAL,
    PKTTERM_LESS,
    PKTTERM_AT_MOST,
    PKTTERM_MORE,
    PKTTERM_AT_LEAST,
    PKTTERM_CHAIN, /* left is a comparison, right one whose left is left's right */
    PKTTERM_AND,
    PKTTERM_OR
};

struct pktterm {
    enum pktterm_kind kind;
    struct mark mark;
    struct pktnumber number;
    const char *name;
    const struct pktterm *left, *right; /* of one operand: left */
};

/* What the term comes to. */
struct pktnumber pktterm_value(const struct pktterm *term, const struct pktterm_names *names);
/* A whole number. */
struct pktnumber pktnumber_whole(int64_t number);
/* True for what Python takes for true; false for what is not known. */
bool pktterm_true(struct pktnumber value);
/* The value as text: "10", "2.5", "unknown". Owned by arena. */
const char *pktterm_text(struct pktnumber value, struct arena *arena);

#endif
