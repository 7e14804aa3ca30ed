/* SPDX-License-Identifier: MIT */
/*
 * The wire: carries every packet between two hosts, and does to it what it is told.
 *
 * Single-threaded: all functions are called from the worker's one thread. Nothing moves unless
 * wire_pump is called. Packets that are no business of the case (own() says no: late ones of an
 * earlier case, ARP, neighbour discovery) pass untouched and unseen.
 */
#ifndef SOCKPROOF_WIRE_WIRE_H
#define SOCKPROOF_WIRE_WIRE_H

#include "fault/wire_action.h"
#include "liar/packet_lie.h"
#include "packet/packet.h"
#include "wire/fate.h"
#include "wire/hosts.h"
#include "wire/queue.h"

struct wire_hooks {
    void *context;
    /* True when the packet belongs to the case. */
    bool (*own)(void *context, const struct packet *packet);
    /* What to do with a packet of the case. Called once per packet, before holds. *fault
       receives the name of the fault that fires (static or case-long storage), or stays NULL. */
    enum wire_action (*decide)(void *context, const struct packet *packet, enum side from,
                               const char **fault);
    /* Called for each packet of the case when its fate is known (a held one twice: held, and
       again when it leaves). packet is valid during the call only. */
    void (*seen)(void *context, const struct packet *packet, enum side from, enum fate fate,
                 const char *fault);
    /* The time, in a unit of the caller's and never 0; NULL: wire_keeping is not asked. */
    uint64_t (*now)(void *context);
};

struct wire;

/* A wire over the taps of hosts, which stay the caller's. NULL with errno. The caller frees. */
struct wire *wire_new(const struct hosts *hosts, const struct wire_hooks *hooks);
/* Frees it, and what it kept; the taps stay open. NULL is fine. */
void wire_free(struct wire *wire);
/* From now on the hosts' packets of the case are changed by that lie (packet_lie.h) before anything
   else is done with them; NULL: they are what the hosts sent. */
void wire_lie(struct wire *wire, const struct packet_lie *lie);
/* Carries all packets that wait, both directions, until both taps are empty (at most limit
   packets, so that a storm cannot capture the worker). Returns how many were handled. */
int wire_pump(struct wire *wire, int limit);
/* Carries packets until each host has said, as often as a kernel does (RFC 3810), which multicast
   groups it joined or left when its addresses changed, at most 250 ms; true when it has. It does so
   some ticks later, whatever it was told: a packet socket of the next case would see it. */
bool wire_await_reports(struct wire *wire);
/* True when a packet is kept back to be overtaken, or delayed. */
bool wire_keeps(const struct wire *wire);
/* A packet kept for reorder, with none to overtake it, is sent on. Returns packets moved. The
   worker calls it when everything else has settled, so that a reorder never becomes a loss. */
int wire_flush_reordered(struct wire *wire);
/* Keeps back what the sides in mask (1 << side) send from now on, in order. */
void wire_hold(struct wire *wire, unsigned mask);
/* True when what some side in mask sends is held now. */
bool wire_holds(const struct wire *wire, unsigned mask);
/* Lets held packets of the sides in mask go for which match says yes (NULL: all), and ends the hold
   when ends says so; otherwise it stays. Returns packets let go. */
int wire_release(struct wire *wire, unsigned mask, bool ends,
                 bool (*match)(void *context, const struct packet *packet, enum side from),
                 void *context);
/* From now on all that the sides in mask send is lost (FATE_CUT), until healed. */
void wire_cut(struct wire *wire, unsigned mask);
/* Undoes a cut of the sides in mask; what was lost stays lost. */
void wire_heal(struct wire *wire, unsigned mask);
/* From now on the case's packets for that side go no further than the wire, which speaks for it
   (FATE_ABSORBED where nothing else became of them); SIDE_COUNT: both hosts are there. */
void wire_absent(struct wire *wire, enum side side);
/* Sends an IP packet of size bytes as if from had sent it. seen is told (FATE_INJECTED, no fault),
   decide is not asked. A TCP segment above the MTU goes as what an offload has put together. False
   when it did not go: it is longer than that, or the host took none. It may be called while seen
   is. */
bool wire_say(struct wire *wire, enum side from, const void *bytes, size_t size);
/* From now on wire_say takes TCP segments above the MTU; it takes some milliseconds, once. False
   with errno. */
bool wire_say_large(struct wire *wire);
/* While seen is called: when the kernel took the packet from its sender, by CLOCK_REALTIME in ns; 0
   of one that the wire has made. */
uint64_t wire_stamp(const struct wire *wire);
/* While seen is called: since when the wire had kept the packet; 0 if it did not. */
struct keeping wire_keeping(const struct wire *wire);
/* Packets that were lost without the wire meaning to, since wire_new: dropped by the kernel at the
   taps (PACKET_STATISTICS), longer than a frame, or not sendable. Not 0: the harness failed, and no
   case may be judged by what was seen. */
unsigned wire_lost(struct wire *wire);
/* True when, since it was asked last, a host was sent what it may have learned a way from: a
   redirect, or that a packet was too big. */
bool wire_taught(struct wire *wire);
/* True when, since it was asked last, a host was sent a fragment. */
bool wire_fragmented(struct wire *wire);
/* Between cases: forgets holds, cuts, packets in hand and who is absent; drains both taps. */
void wire_clear(struct wire *wire);

#endif
