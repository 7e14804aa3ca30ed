/* SPDX-License-Identifier: MIT */
/*
 * The carrier: brings packets out of the wire to the host that they are for, tells the witness of
 * each what became of it, and keeps back those that others are to overtake. It decides nothing.
 *
 * Single-threaded; its members are open to what acts on packets (action.h) and to the wire.
 */
#ifndef SOCKPROOF_WIRE_CARRIER_H
#define SOCKPROOF_WIRE_CARRIER_H

#include "packet/packet.h"
#include "wire/fate.h"
#include "wire/hosts.h"
#include "wire/queue.h"

/* Who is told of every packet of the case (wire.h, wire_hooks). */
struct witness {
    void *context;
    void (*seen)(void *context, const struct packet *packet, enum side from, enum fate fate,
                 const char *fault);
    uint64_t (*now)(void *context); /* the time, in a unit of its own; NULL: nobody asks */
};

struct carrier {
    int tap[SIDE_COUNT]; /* borrowed */
    uint8_t mac[SIDE_COUNT][6];
    struct witness witness;
    unsigned cut_sides;                /* a mask: what they send is lost */
    unsigned absent_sides;             /* a mask: what is for them goes no further */
    const struct packet_lie *misheard; /* what the hosts take packets for; NULL: what they are */
    struct keeping keeping;            /* of the packet that it lets go now */
    int offload[SIDE_COUNT];           /* large.h, of the taps; -1: not open */
    unsigned lost;                     /* packets that were lost without being meant to */
    bool taught;                       /* sent what a host may have learned a way from */
    bool fragmented;                   /* sent a fragment, which waits at a host for the others */
    struct queue kept[SIDE_COUNT];     /* for reorder */
    struct queue delayed[SIDE_COUNT];  /* until nothing else moves */
};

/* Begins one over the taps of hosts; nothing is to be freed but by carrier_forget. */
void carrier_begin(struct carrier *carrier, const struct hosts *hosts,
                   const struct witness *witness);
/* Forgets the packets that it keeps back. */
void carrier_forget(struct carrier *carrier);
/* The other one. */
enum side carrier_other(enum side side);
/* True when what side sends is lost, since its line is cut. */
bool carrier_is_cut(const struct carrier *carrier, enum side side);
/* True when the wire speaks for side, whose host gets nothing of the case. */
bool carrier_is_absent(const struct carrier *carrier, enum side side);
/* Sends a frame into the tap of the side that it is for. A full socket is waited for, since the
   receiver empties it; what still does not go is counted as lost, and false. */
bool carrier_pass(struct carrier *carrier, enum side from, const void *frame, size_t size);
/* The same of a packet of the case: nothing is sent to a side that is absent, and that is good. */
bool carrier_send(struct carrier *carrier, enum side from, const void *frame, size_t size);
/* Tells the witness. fault may be NULL. */
void carrier_tell(const struct carrier *carrier, const struct packet *packet, enum side from,
                  enum fate fate, const char *fault);
/* Sends a packet as it is, and tells; one that passes and is for a side that is absent is absorbed.
 */
void carrier_carry(struct carrier *carrier, const struct packet *packet, enum side from,
                   enum fate fate, const char *fault);
/* Keeps a copy at the end of a queue, of the carrier or not. */
void carrier_keep(struct carrier *carrier, struct queue *queue, const struct packet *packet,
                  enum side from, enum wire_action action, const char *fault);
/* Sends on with that fate all that waits in a queue of a direction (FATE_CUT when its line has been
   cut since). Returns how many packets left the queue. */
int carrier_let_go(struct carrier *carrier, struct queue *queue, enum side from, enum fate fate);
/* Sends an IP packet as if from had sent it, and tells (FATE_INJECTED). False when it did not go.
 */
bool carrier_inject(struct carrier *carrier, enum side from, const void *bytes, size_t size,
                    const char *fault);
/* Opens and closes what segments above the MTU go through. False with errno. */
bool carrier_open_large(struct carrier *carrier);
void carrier_close_large(struct carrier *carrier);
/* The same of a TCP segment above the MTU, without a fault: the host gets it as one piece that
   stands for segments of so many bytes of payload each (large.h). */
bool carrier_inject_large(struct carrier *carrier, enum side from, const void *bytes, size_t size,
                          unsigned segment);

#endif
