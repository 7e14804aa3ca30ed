/* SPDX-License-Identifier: MIT */
/*
 * Control messages: the data beside the data of sendmsg and recvmsg (cmsg(3)), between a case's
 * words and bytes.
 */
#ifndef SOCKPROOF_TRIAL_ANCILLARY_H
#define SOCKPROOF_TRIAL_ANCILLARY_H

#include "trial/state.h"

/* The room that the messages of a case's list take at most. */
size_t ancillary_size(const struct node *list);
/* Writes the messages of list, one cmsghdr after the other, to out, which has ancillary_size bytes,
   zeroed and aligned as malloc(3) aligns. Returns the bytes written. */
size_t ancillary_write(struct trial *trial, const struct node *list, void *out);
/* The messages in size bytes, as observed: [{"type": "IP_TTL", "value": 64}, …]. New reference. */
json_t *ancillary_json(const struct trial *trial, struct piece bytes, size_t size);

#endif
