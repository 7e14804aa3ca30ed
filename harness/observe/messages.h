/* SPDX-License-Identifier: MIT */
/*
 * Messages: what was sent and what arrived where boundaries are kept, and what that says of order
 * and loss (RFC 4737, RFC 5560, RFC 7680).
 *
 * Their bytes are borrowed: they must stay where they are until messages_clear. Messages are
 * numbered from 0 by sender. Single-threaded.
 */
#ifndef SOCKPROOF_OBSERVE_MESSAGES_H
#define SOCKPROOF_OBSERVE_MESSAGES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MESSAGES_SENDERS = 16 };

struct message {
    int sender;
    int stream; /* within which messages keep their order; -1: none */
    int64_t number;
    const uint8_t *bytes;
    size_t size;
    int received;
};

/* What came of a message: all of it, or what its receiver had room for; it had least to most bytes.
 */
struct message_part {
    const uint8_t *bytes;
    size_t size;
    size_t least, most;
};

/* In the order of arrival; number -1 for what nobody sent. */
struct message_arrival {
    int64_t number;
    int sender, stream;
};

/* Zeroed: none. */
struct messages {
    struct message *sent;
    size_t count, room;
    struct message_arrival *arrivals;
    size_t arrival_count, arrival_room;
    int64_t numbers[MESSAGES_SENDERS];
    bool has_streams; /* some message was one of a stream */
};

/* How many came to nothing, came again, and the longest run of the former. */
struct messages_counts {
    uint64_t lost, duplicated, longest_loss;
};

/* Forgets them all; messages_free gives their memory back as well. */
void messages_clear(struct messages *messages);
void messages_free(struct messages *messages);
/* One of sender was accepted, on a stream that keeps its order or (-1) on none. Its number, or
   -1. */
int64_t messages_add(struct messages *messages, int sender, int stream, const void *bytes,
                     size_t size);
/* One came to receiver: its number by its sender, or -1 when nobody sent these bytes. */
int64_t messages_arrive(struct messages *messages, int receiver, struct message_part part);
/* The same of one that was looked at and left where it is. */
int64_t messages_look(const struct messages *messages, int receiver, struct message_part part);
struct messages_counts messages_count(const struct messages *messages);
/* RFC 4737's reordered, ratio and max_extent, RFC 5560's duplicates, max_loss_run (RFC 7680's
   losses in a row), and where messages have streams, exact: each came in its stream's order, and
   corrupted is 0. New reference. */
json_t *messages_ordering(const struct messages *messages, uint64_t corrupted);

#endif
