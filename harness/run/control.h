/*
 * Control messages: the data beside the data of sendmsg and recvmsg (cmsg(3)), between a case's
 * words and bytes.
 */
#ifndef SOCKPROOF_RUN_CONTROL_H
#define SOCKPROOF_RUN_CONTROL_H

#include "run/trial.h"

/* The room that the messages of a case's list take at most. */
size_t control_size(const struct node *list);
/* Writes the messages of list, one cmsghdr after the other, to out, which has control_size bytes,
   zeroed and aligned as malloc(3) aligns. Returns the bytes written. */
size_t control_write(struct trial *trial, const struct node *list, void *out);
/* The messages in size bytes, as observed: [{"type": "IP_TTL", "value": 64}, …]. New reference. */
json_t *control_json(const struct trial *trial, struct piece bytes, size_t size);

#endif
