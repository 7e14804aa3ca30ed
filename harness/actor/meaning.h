/* SPDX-License-Identifier: MIT */
/*
 * The meaning of what a call is given and gives, by its verb: which constants its numbers are, and
 * how the bytes of its pieces are laid out. By that a parcel takes it to another machine.
 */
#ifndef SOCKPROOF_ACTOR_MEANING_H
#define SOCKPROOF_ACTOR_MEANING_H

#include "actor/coder.h"
#include "actor/shared.h"

/* How bytes are laid out (layout.h, and struct each_result of shared.h). */
enum laid {
    LAID_BYTES,
    LAID_ADDRESS,
    LAID_OPTION,
    LAID_CONTROL,
    LAID_NARROW,
    LAID_WIDE,
    LAID_REQUEST,
    LAID_EVENTS,
    LAID_RESULTS
};

/* A call has so many arguments. */
enum { MEANING_ARGUMENTS = sizeof(union verb_in) / sizeof(struct argument) };

/* Number i of the arguments of a call, from 0, whether a parameter stands for it or not. */
struct argument *meaning_argument(struct call *call, size_t i);
/* Its number through a coder; those before it have gone. */
void meaning_number(const struct coder *coder, struct call *call, size_t i);
/* How what lies in its piece is laid out. */
enum laid meaning_given(struct call *call, size_t i);
/* The same of what comes out. */
enum laid meaning_out(const struct call *call);
enum laid meaning_out2(const struct call *call);
/* The result and the flags of a call through a coder. */
void meaning_answer(const struct coder *coder, struct call *call);

#endif
