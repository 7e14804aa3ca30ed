/* SPDX-License-Identifier: MIT */
/*
 * A ring: memory shared with the kernel into which an AF_PACKET socket's packets go.
 *
 * A socket's own buffer is bounded by net.core.rmem_max, which only the first user namespace
 * may exceed, and a burst of a few hundred small packets overruns it. A ring is as large as it is
 * made (packet(7), PACKET_RX_RING, TPACKET_V2). Single-threaded.
 */
#ifndef SOCKPROOF_WIRE_RING_H
#define SOCKPROOF_WIRE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
    int fd;
    uint8_t *memory; /* NULL: not open */
    unsigned next;   /* frame that the kernel fills next, or has filled */
};

/* Gives fd, an AF_PACKET socket, a ring; packets that waited in its buffer are gone. 0, or -1 with
   errno. */
int ring_open(struct ring *ring, int fd);
/* The oldest packet that waits, of *size bytes, writable, and ours until ring_pop; NULL when there
   is none. *cut: it was longer than a frame's room. */
uint8_t *ring_front(struct ring *ring, size_t *size, bool *cut);
/* When the kernel took the oldest packet, which waits: by CLOCK_REALTIME, in nanoseconds. */
uint64_t ring_stamp(const struct ring *ring);
/* Hands the oldest packet's room back to the kernel. */
void ring_pop(struct ring *ring);
/* Unmaps; the socket has its own buffer again. Accepts one that is not open. */
void ring_close(struct ring *ring);

#endif
