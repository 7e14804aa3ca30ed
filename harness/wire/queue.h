/* SPDX-License-Identifier: MIT */
/*
 * A queue of packets that the wire keeps back, each with what was decided for it. Single-threaded.
 */
#ifndef SOCKPROOF_WIRE_QUEUE_H
#define SOCKPROOF_WIRE_QUEUE_H

#include "fault/wire_action.h"
#include "packet/packet.h"

/* A packet that waits: its copy and what was decided for it. */
/* Since when the wire keeps a packet. */
struct keeping {
    uint64_t since; /* as the carrier's witness tells the time; 0: it does not */
    bool held;      /* it was held, and not only delayed or reordered */
};

struct waiting {
    struct waiting *next;
    enum side from;
    enum wire_action action;
    const char *fault;
    struct keeping keeping;
    size_t size;
    uint8_t frame[];
};

struct queue {
    struct waiting *first, **end;
};

/* Makes an empty one. */
void queue_begin(struct queue *queue);
/* Puts a packet at its end; it is the queue's from now on. */
void queue_add(struct queue *queue, struct waiting *waiting);
/* Puts a copy of a packet at its end. fault is borrowed. */
void queue_copy(struct queue *queue, const struct packet *packet, enum side from,
                enum wire_action action, const char *fault, struct keeping keeping);
/* Takes its first packet, which is the caller's to free; NULL when it is empty. */
struct waiting *queue_take(struct queue *queue);
/* Frees all. */
void queue_empty(struct queue *queue);

#endif
