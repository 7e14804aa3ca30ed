/* SPDX-License-Identifier: MIT */
/*
 * The account: what a call moved, in the ledger; and the packets that raw sockets received. Each
 * verb says with its struct account what its calls mean.
 */
#ifndef SOCKPROOF_TRIAL_ACCOUNT_H
#define SOCKPROOF_TRIAL_ACCOUNT_H

#include "trial/state.h"

struct account {
    /* Where the bytes lie that the call may send; NULL: it sends none. */
    struct piece (*bytes)(const struct call *call);
    /* The call has ended: what it means for ledger and descriptors. */
    void (*end)(struct trial *trial, struct pending *pending);
};

/* Enters a call that begins (before it is dispatched). */
void account_begin(struct trial *trial, struct pending *pending, const struct account *account);

/* True when the call's socket keeps message boundaries. */
bool account_messages(const struct pending *pending);
/* The call has sent bytes, as many as its result says: of a stream, or all of them as a message. */
void account_sent(struct trial *trial, struct pending *pending, struct piece bytes);
/* The call has sent so many of these bytes of a stream. */
void account_stream_sent(struct trial *trial, struct pending *pending, struct piece bytes,
                         size_t accepted);
/* The call has sent a message; the same on an SCTP stream that keeps its order, or on none (-1). */
void account_message_sent(struct trial *trial, struct pending *pending, struct piece message);
void account_message_on(struct trial *trial, struct pending *pending, struct piece message,
                        int stream);
/* The call has received what lies in out; a stream that diverges makes the trial fail. */
void account_received(struct trial *trial, struct pending *pending);
/* The same of many messages, whose sizes lie in out2; their numbers go to call->numbers. */
void account_received_many(struct trial *trial, struct pending *pending);

/* The bytes that a receiving call stored; *size receives their number. */
const uint8_t *account_bytes(const struct trial *trial, const struct pending *pending,
                             size_t *size);
/* Takes apart the packet that a raw or a packet socket received, however long, with the headers
   that the socket left out; its frame is the trial's arena's. False when it is no whole IP packet.
 */
bool account_packet(const struct trial *trial, const struct pending *pending,
                    struct packet *packet);

#endif
