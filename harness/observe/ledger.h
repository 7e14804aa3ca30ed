/* SPDX-License-Identifier: MIT */
/*
 * The ledger: what was sent, what the stack accepted, and what arrived, byte for byte and
 * message for message.
 *
 * Sent bytes are borrowed: they must stay where they are until ledger_clear. A stream is a
 * direction between two endpoints, named by a hash that the caller makes; 0 is no stream.
 * Messages are numbered from 0 by sender. Single-threaded.
 */
#ifndef SOCKPROOF_OBSERVE_LEDGER_H
#define SOCKPROOF_OBSERVE_LEDGER_H

#include "observe/messages.h"
#include "observe/pattern.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger;

/* An empty ledger. The caller frees. */
struct ledger *ledger_new(void);
/* Frees it; NULL is fine. */
void ledger_free(struct ledger *ledger);
/* Forgets everything, for the next case. */
void ledger_clear(struct ledger *ledger);

/* A send begins: size bytes may reach the stream from now on. Returns a number for
   ledger_sent, or -1 (no stream). urgent: the last byte goes out of band. */
int ledger_sending(struct ledger *ledger, uint64_t stream, const void *bytes, size_t size,
                   bool urgent);
/* The same of a pattern that lies nowhere: size bytes from *made on. */
int ledger_sending_made(struct ledger *ledger, uint64_t stream, const struct pattern *made,
                        size_t size);
/* The send ended; accepted bytes of it were taken (0 when it failed). */
void ledger_sent(struct ledger *ledger, int number, size_t accepted);

/* Where received bytes first differ from what the stream carried. */
struct divergence {
    bool diverged;
    uint64_t offset; /* in the stream */
    int expected;    /* byte there, or -1: nothing was sent beyond */
    int observed;
    const char *excuse; /* it may differ, or cannot be told: why; diverged is false then. Not NULL
                           once a stream, of peeks each time. Static storage. */
};

/* Where peeks begin. */
enum { LEDGER_PEEK_OFF = -1, LEDGER_PEEK_UNKNOWN = -2 };

/* Bytes came out of a stream. peek: they stay in it. */
struct divergence ledger_received(struct ledger *ledger, uint64_t stream, const uint8_t *bytes,
                                  size_t size, bool peek);
/* True when the next size bytes of the stream are of one such pattern: *made is where they begin.
   Whoever receives them may compare them himself, and says with ledger_compared what he found. */
bool ledger_made(struct ledger *ledger, uint64_t stream, size_t size, struct pattern *made);
/* Bytes of such a pattern came out of the stream: agreed of them were the pattern's, then came
   odd (nothing, when all agreed). */
struct divergence ledger_compared(struct ledger *ledger, uint64_t stream, uint64_t size,
                                  uint64_t agreed, uint8_t odd);
/* A byte was taken out of band: it is an urgent one of the stream, or it diverges. */
struct divergence ledger_urgent(struct ledger *ledger, uint64_t stream, uint8_t byte);
/* A new connection begins under that name: what is left of an earlier one will not come. */
void ledger_joined(struct ledger *ledger, uint64_t stream);
/* Peeks begin at that offset from now on, which moves with peeks and reads (socket(7),
   SO_PEEK_OFF), or at the front (LEDGER_PEEK_OFF). LEDGER_PEEK_UNKNOWN: where there is one, it may
   stand anywhere. */
void ledger_peek_from(struct ledger *ledger, uint64_t stream, int64_t offset);
/* So many bytes were peeked at and not shown: where peeks move on, they do. */
void ledger_peeked(struct ledger *ledger, uint64_t stream, uint64_t size);
/* True when peeks begin at an offset of their own. */
bool ledger_peeks_on(struct ledger *ledger, uint64_t stream);
/* From here on bytes may differ in a stream (0: in all), and why, in static storage. It is followed
   as far as they do not, and then not any more. */
void ledger_excuse(struct ledger *ledger, uint64_t stream, const char *why);
/* True when some send on the stream has begun. */
bool ledger_carries(const struct ledger *ledger, uint64_t stream);
/* Bytes of a stream were taken and thrown away unread: they count as received. */
void ledger_skipped(struct ledger *ledger, uint64_t stream, uint64_t size);
/* Bytes that senders accepted on a stream and nobody has received yet. */
uint64_t ledger_outstanding(const struct ledger *ledger, uint64_t stream);

/* A message of sender was accepted, on a stream that keeps its order or (-1) on none. Returns its
   number, or -1. */
int64_t ledger_message_sent(struct ledger *ledger, int sender, int stream, const void *bytes,
                            size_t size);
/* A message came to receiver: its number by its sender, or -1 when nobody sent these bytes. */
int64_t ledger_message_received(struct ledger *ledger, int receiver, struct message_part part);
/* The same of one that was looked at and left where it is. */
int64_t ledger_message_seen(const struct ledger *ledger, int receiver, struct message_part part);
/* From here on messages are not what sends handed over, and why, in static storage: they are not
   followed any more. False when they were not before. */
bool ledger_messages_excuse(struct ledger *ledger, const char *why);

/* {"unit":"bytes"|"messages","sent","accepted","received","lost","duplicated","corrupted",
   "divergent_offset"?, "stood_back"?}; with stood_back, which says why some stream was not followed
   to its end, lost, duplicated and corrupted are not certain. messages says which of the two
   accounts. New reference. */
json_t *ledger_delivery(const struct ledger *ledger, bool messages);
/* Streams: {"exact":true|false}, or {"stood_back":…}. Messages: RFC 4737's reordered, ratio and
   max_extent, RFC 5560's duplicates, max_loss_run (RFC 7680's losses in a row), and where messages
   have streams, exact: each came in its stream's order; or {"stood_back":…}. New reference. */
json_t *ledger_ordering(const struct ledger *ledger, bool messages);

#endif
