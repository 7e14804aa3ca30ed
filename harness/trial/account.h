/*
 * The account: what a call moved, in the ledger; and the packets that raw sockets received.
 */
#ifndef SOCKPROOF_TRIAL_ACCOUNT_H
#define SOCKPROOF_TRIAL_ACCOUNT_H

#include "trial/trial.h"

/* Enters a call that begins (before it is dispatched). */
void account_begin(struct trial *trial, struct pending *pending);
/* Enters a call that has ended; a stream that diverges makes the trial fail. */
void account_end(struct trial *trial, struct pending *pending);
/* Takes apart the packet that a raw socket received; buffer (capacity bytes) holds it with the
   headers that the socket left out. False when it is none. */
bool account_packet(const struct trial *trial, const struct pending *pending, uint8_t *buffer,
                    size_t capacity, struct packet *packet);

#endif
