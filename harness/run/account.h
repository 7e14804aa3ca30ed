/*
 * The account: what a call moved, in the ledger; and the packets that raw sockets received.
 */
#ifndef SOCKPROOF_RUN_ACCOUNT_H
#define SOCKPROOF_RUN_ACCOUNT_H

#include "run/trial.h"

/* Enters a call that begins (before it is dispatched). */
void account_begin(struct trial *trial, struct opened *opened);
/* Enters a call that has ended; a stream that diverges makes the trial fail. */
void account_end(struct trial *trial, struct opened *opened);
/* Takes apart the packet that a raw socket received; buffer (capacity bytes) holds it with the
   headers that the socket left out. False when it is none. */
bool account_packet(const struct trial *trial, const struct opened *opened, uint8_t *buffer,
                    size_t capacity, struct packet *packet);

#endif
