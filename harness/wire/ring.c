/* SPDX-License-Identifier: MIT */
#include "wire/ring.h"

#include "base/withheld.h"

#include <linux/if_packet.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum { FRAME_ROOM = 2048, FRAMES = 8192, BLOCK = 65536 };

static const size_t ring_size = (size_t)FRAME_ROOM * FRAMES;

static struct tpacket2_hdr *header(const struct ring *ring)
{
    return (struct tpacket2_hdr *)(void *)(ring->memory + (size_t)ring->next * FRAME_ROOM);
}

int ring_open(struct ring *ring, int fd)
{
    static const int version = TPACKET_V2;
    struct tpacket_req request = {.tp_block_size = BLOCK,
                                  .tp_block_nr = (unsigned)(ring_size / BLOCK),
                                  .tp_frame_size = FRAME_ROOM,
                                  .tp_frame_nr = FRAMES};
    void *memory = MAP_FAILED;
    *ring = (struct ring){fd, NULL, 0};
    if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) == 0 &&
        setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) == 0)
        memory = mmap(NULL, ring_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory != MAP_FAILED) {
        withheld_add(memory, ring_size); /* an actor has no business with it */
        ring->memory = memory;
    }
    return ring->memory != NULL ? 0 : -1;
}

uint8_t *ring_front(struct ring *ring, size_t *size, bool *cut)
{
    struct tpacket2_hdr *front = header(ring);
    /* The kernel writes the status last; what it wrote before is seen after this fence. */
    bool waits = (*(volatile uint32_t *)&front->tp_status & TP_STATUS_USER) != 0;
    atomic_thread_fence(memory_order_acquire);
    if (!waits)
        return NULL;
    *size = front->tp_snaplen;
    *cut = front->tp_snaplen < front->tp_len;
    return (uint8_t *)front + front->tp_mac;
}

uint64_t ring_stamp(const struct ring *ring)
{
    const struct tpacket2_hdr *front = header(ring);
    return (uint64_t)front->tp_sec * 1000000000U + front->tp_nsec;
}

void ring_pop(struct ring *ring)
{
    atomic_thread_fence(memory_order_release);
    *(volatile uint32_t *)&header(ring)->tp_status = TP_STATUS_KERNEL;
    ring->next = (ring->next + 1) % FRAMES;
}

void ring_close(struct ring *ring)
{
    static const struct tpacket_req none = {0};
    if (ring->memory != NULL) {
        withheld_unmap(ring->memory, ring_size);
        setsockopt(ring->fd, SOL_PACKET, PACKET_RX_RING, &none, sizeof none);
    }
    ring->memory = NULL;
}
