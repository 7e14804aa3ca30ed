/* SPDX-License-Identifier: MIT */
/*
 * Standing aside: what a case does with its sockets that lets the ledger follow a stream otherwise,
 * or not at all. Where it cannot it says so, in an event and in the result's notes.
 */
#ifndef SOCKPROOF_TRIAL_ASIDE_H
#define SOCKPROOF_TRIAL_ASIDE_H

#include "trial/evidence.h"
#include "trial/state.h"

/* A socket option was set: peeks begin elsewhere, TCP is in repair mode, another layer stands on
   the stream, or raw packets have their headers. */
void aside_option(struct trial *trial, struct pending *pending);
/* A call that connects the descriptor begins: where its both ends are known, what is left of an
   earlier connection between them will not come. */
void aside_connecting(struct trial *trial, struct pending *pending);
/* The descriptor is one end of a connection now, with what its socket was told before. */
void aside_joined(struct trial *trial, struct descriptor *one, const struct sockaddr_storage *local,
                  const struct sockaddr_storage *peer);
/* The descriptor is sent on. */
void aside_sending(const struct trial *trial, const struct descriptor *one);
/* A send of bytes on a socket without a connection made one (MSG_FASTOPEN): they go into the
   ledger. */
void aside_opened(struct trial *trial, struct pending *pending, struct piece bytes);
/* A raw or a packet socket sent bytes: what they carry into a stream the ledger does not know. */
void aside_crafted(struct trial *trial, const struct pending *pending, struct piece bytes);
/* The same of a packet, which the wire sent as its own. */
void aside_said(struct trial *trial, const struct packet *packet);
/* The segment in the bytes that an ended call of a raw or a packet socket sent, if there is one. */
struct crafted_segment aside_segment(const struct trial *trial, const struct pending *pending,
                                     struct piece bytes);
/* A send of a message was accepted: with some flags and control messages it is not one datagram. */
void aside_message(struct trial *trial, const struct pending *pending);
/* What is known before bytes of a stream are looked at; false when a call shows no bytes of the
   stream at all. */
bool aside_look(struct trial *trial, const struct pending *pending, uint64_t stream);
/* The ledger does not judge what this call received, and why. */
void aside_say(struct trial *trial, const struct pending *pending, const char *why);

#endif
