/* SPDX-License-Identifier: MIT */
/*
 * A frame: one message between a relay and who stands in for it. A kind, a length and so many
 * bytes; all numbers are little-endian, whatever the machine is.
 */
#ifndef SOCKPROOF_ACTOR_FRAME_H
#define SOCKPROOF_ACTOR_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame_kind {
    /* to the relay */
    FRAME_HELLO = 1, /* who acts there */
    FRAME_PLAN,      /* the faults of the case */
    FRAME_ORDER,     /* a number of order.h */
    FRAME_CALL,      /* a slot, and the call in it */
    FRAME_ASK,       /* which calls sleep */
    /* from it */
    FRAME_READY,  /* the actor is there */
    FRAME_ENDED,  /* a call has ended */
    FRAME_OBEYED, /* an order was carried out that is answered */
    FRAME_ASLEEP, /* the answer to FRAME_ASK */
    FRAME_DEAD,   /* the actor's process has ended */
    FRAME_KINDS
};

enum { FRAME_HEAD = 8 };

/* The bytes of one frame. {0} is empty; ended by frame_free. */
struct frame_out {
    uint8_t *bytes;
    size_t size, room;
};

/* Begins a frame of that kind in the place of what it held. */
void frame_begin(struct frame_out *frame, enum frame_kind kind);
/* Add to it. */
void frame_number(struct frame_out *frame, uint64_t number);
void frame_bytes(struct frame_out *frame, const void *bytes, size_t size);
/* Its length is known: it can be sent. */
void frame_end(struct frame_out *frame);
void frame_free(struct frame_out *frame);

/* Taking a frame apart. What is not there is 0, and good is false from then on. */
struct opened {
    const uint8_t *at;
    size_t left;
    bool good;
};

/* Kind and length of what begins with these FRAME_HEAD bytes. False: no frame begins so. */
bool frame_head(const uint8_t head[FRAME_HEAD], enum frame_kind *kind, size_t *size);
struct opened frame_open(const uint8_t *bytes, size_t size);
uint64_t opened_number(struct opened *opened);
/* So many bytes, where they lie; NULL when they are not all there. */
const void *opened_bytes(struct opened *opened, size_t size);

#endif
