/* SPDX-License-Identifier: MIT */
/*
 * A pcapng file: packets with their times and a comment each, which tshark and Wireshark read
 * (draft-ietf-opsawg-pcapng). Two interfaces: the client's and the server's side of the wire.
 */
#ifndef SOCKPROOF_PACKET_PCAPNG_H
#define SOCKPROOF_PACKET_PCAPNG_H

#include "packet/packet.h"
#include <stdint.h>

struct pcapng;

/* Creates the file with section header (application, title as comment) and two interfaces.
   NULL with errno. The caller closes. */
struct pcapng *pcapng_create(const char *path, const char *title);
/* Adds a frame seen at time_ns (CLOCK_REALTIME, nanoseconds) from side; comment may be NULL.
   0, or -1 with errno. */
int pcapng_add(struct pcapng *file, enum side from, uint64_t time_ns, const void *frame,
               size_t size, const char *comment);
/* Flushes and closes. 0, or -1 with errno when anything did not reach the file. */
int pcapng_close(struct pcapng *file);

#endif
