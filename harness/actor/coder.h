/* SPDX-License-Identifier: MIT */
/*
 * A coder: takes numbers and bytes through a frame, into it or out of it, by one list of what there
 * is. Machines number constants differently (MIPS its errors and options, Alpha its flags): these
 * go by their names, as places in the table of constants, which both sides of a relay share.
 */
#ifndef SOCKPROOF_ACTOR_CODER_H
#define SOCKPROOF_ACTOR_CODER_H

#include "actor/frame.h"
#include "case/constant.h"

struct coder {
    struct frame_out *frame; /* packing; else NULL */
    struct opened *opened;   /* unpacking: what is not to be understood makes it no good */
};

/* Each packs what it is given and returns it, or returns what it has unpacked. */
uint64_t coder_number(const struct coder *coder, uint64_t number);
/* A constant of a group; a number that has no name there goes as it is. */
int64_t coder_constant(const struct coder *coder, enum constant_group group, int64_t value);
/* Constants of a group in one number, each by its name, and the bits that have none; a number below
   0 goes as it is. */
int64_t coder_flags(const struct coder *coder, enum constant_group group, int64_t value);
/* Constants of a group that bits stand for: bit n for number n. */
uint64_t coder_bits(const struct coder *coder, enum constant_group group, uint64_t bits);
/* A socket option: level << 32 | number. */
int64_t coder_option(const struct coder *coder, int64_t option);

/* Packs size bytes at a place, or unpacks them there. */
void coder_bytes(const struct coder *coder, void *bytes, size_t size);
/* What was unpacked is not to be understood. */
void coder_refuse(const struct coder *coder);

/* A number at a place, whatever its type. */
#define CODE(coder, place) ((place) = (__typeof__(place))coder_number(coder, (uint64_t)(place)))
#define CODE_CONSTANT(coder, group, place)                                                         \
    ((place) = (__typeof__(place))coder_constant(coder, group, (int64_t)(place)))
#define CODE_FLAGS(coder, group, place)                                                            \
    ((place) = (__typeof__(place))coder_flags(coder, group, (int64_t)(place)))

#endif
