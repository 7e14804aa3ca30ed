/* SPDX-License-Identifier: MIT */
#include "program/network.h"

#include "base/array.h"
#include "base/clock.h"
#include "case/limit.h"
#include "fault/wirefault.h"
#include "packet/describe.h"
#include "packet/flows.h"
#include "packet/pcapng.h"
#include "wire/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

/*
 * Theory of operation. The programs are what they are: nothing says when they have settled. So a
 * packet that is to be overtaken, or to come late, is let go when both taps have been empty for
 * STILL_MS; a packet that follows sooner overtakes it.
 */
enum { PUMP_LIMIT = 4096, STILL_MS = 5, MORE_MAX = 4, PORTS = 65536 };

struct network {
    struct hosts hosts;
    struct wire *wire;
    struct flows *flows;
    struct wirefault *wirefault;
    struct control *control;
    struct pcapng *capture;
    int capture_error;
    uint64_t moved_ns; /* when something last crossed; 0: all has been let go since */
    uint64_t captured; /* bytes of packets */
    bool cut;          /* there were more, which are not in the capture */
    struct wire_firing *firings, **firings_end;
    uint64_t listed_count, unlisted; /* firings that are in the list, and that are not */
    struct carried *carried;         /* what was on the wire of numbered streams, in order */
    size_t carried_count, carried_room;
};

/* So many bytes of a stream, from the one numbered first on. */
struct carried {
    uint64_t stream, first, size;
};

/* --- what the wire asks -------------------------------------------------------------------- */

static bool own(void *context, const struct packet *packet)
{
    (void)context;
    (void)packet;
    return true;
}

/* How often that byte was on the wire so far. */
static uint64_t carried_before(const struct network *network, uint64_t stream, uint64_t byte)
{
    uint64_t count = 0;
    for (size_t i = 0; i < network->carried_count; i++) {
        const struct carried *one = &network->carried[i];
        count += one->stream == stream && byte >= one->first && byte - one->first < one->size;
    }
    return count;
}

/* What goes on where a piece of the same stream has just ended is one with it, so that a long
   stream takes little. */
static bool goes_on(struct network *network, const struct chance *chance)
{
    enum { STREAMS = 16 };
    bool found = false;
    for (size_t i = 0; i < network->carried_count && i < STREAMS && !found; i++) {
        struct carried *one = &network->carried[network->carried_count - 1 - i];
        found = one->stream == chance->stream && one->first + one->size == chance->first;
        if (found)
            one->size += chance->size;
    }
    return found;
}

static void note_carried(struct network *network, const struct chance *chance)
{
    if (goes_on(network, chance))
        return;
    array_grow((void **)&network->carried, network->carried_count, &network->carried_room,
               sizeof *network->carried);
    network->carried[network->carried_count++] =
        (struct carried){chance->stream, chance->first, chance->size};
}

/* The firings that the log of an earlier run lists for a byte of a stream meet the packet that
   carries it, however the stream is cut into packets now. */
static unsigned listed_bytes(const struct network *network, const struct chance *chance)
{
    const struct control *control = network->control;
    const struct control_replay *end = control->replay + control->replay_count;
    const struct control_replay *one =
        control_next(control, chance->stream, control_counter(chance->first, 0));
    unsigned bits = 0;
    for (; one != NULL && one < end && one->identity == chance->stream &&
           control_offset(one->counter) < chance->first + chance->size;
         one++) {
        uint64_t byte = control_offset(one->counter);
        if (control_counter(byte, carried_before(network, chance->stream, byte)) == one->counter)
            bits |= 1U << one->fault;
    }
    return bits;
}

/* The chances that the log of an earlier run lists, when there is one. */
static unsigned listed(const struct network *network, const struct chance *chance)
{
    const struct control *control = network->control;
    unsigned bits = 0;
    if (control->replaying && chance->stream != 0)
        return listed_bytes(network, chance);
    for (size_t i = 0; control->replaying && i < control->plan.count; i++)
        if (control_replays(control, i, chance->identity, chance->counter))
            bits |= 1U << i;
    return bits;
}

static void note_firing(struct network *network, const struct packet *packet, enum side from,
                        const struct chance *chance, const struct fault *fault)
{
    struct wire_firing *firing =
        network->listed_count < CONTROL_RECORDS ? calloc(1, sizeof *firing) : NULL;
    if (firing == NULL) {
        network->unlisted++;
        return;
    }
    network->listed_count++;
    *firing = (struct wire_firing){.at_ns = clock_now_ns(),
                                   .fault = (size_t)(fault - network->control->plan.fault),
                                   .from = side_name(from),
                                   .identity = chance->identity,
                                   .counter = chance->counter,
                                   .size = packet->payload_size,
                                   .stream = chance->stream,
                                   .offset = chance->first};
    if (chance->stream != 0)
        firing->again = carried_before(network, chance->stream, chance->first);
    struct packet numbered = flows_numbered(network->flows, packet);
    packet_brief(&numbered, &network->hosts.naming, firing->packet, sizeof firing->packet);
    *network->firings_end = firing;
    network->firings_end = &firing->next;
}

static bool is_host(const struct hosts *hosts, const struct in6_addr *address)
{
    bool found = IN6_IS_ADDR_MULTICAST(address);
    for (int six = 0; six < 2; six++)
        found = found || memcmp(address, &hosts->naming.client[six], sizeof *address) == 0 ||
                memcmp(address, &hosts->naming.server[six], sizeof *address) == 0;
    return found;
}

static enum wire_action decide(void *context, const struct packet *packet, enum side from,
                               const char **name)
{
    struct network *network = context;
    flows_learn(network->flows, packet);
    /* Behind the two hosts is nothing, and who asks there (a resolver its name server) learns it.
     */
    if (!is_host(&network->hosts, &packet->destination))
        return WIRE_UNREACHABLE;
    if (!plan_armed())
        return WIRE_PASS;
    struct chance chance = wirefault_chance(network->wirefault, packet, from);
    chance.listed = listed(network, &chance);
    const struct fault *fault = wirefault_meet(network->wirefault, packet, from, &chance);
    if (fault != NULL)
        note_firing(network, packet, from, &chance, fault);
    if (chance.stream != 0)
        note_carried(network, &chance);
    if (fault == NULL)
        return WIRE_PASS;
    *name = fault->name;
    return fault->wire;
}

static void seen(void *context, const struct packet *packet, enum side from, enum fate fate,
                 const char *fault)
{
    struct network *network = context;
    char text[384];
    if (network->capture == NULL || network->capture_error != 0 || network->cut)
        return;
    network->cut = network->captured + packet->size > FRAMES_MAX;
    network->captured += packet->size;
    if (network->cut)
        return;
    wirefault_text(network->wirefault, packet, fate, fault, text, sizeof text);
    if (pcapng_add(network->capture, from, clock_ns(CLOCK_REALTIME), packet->frame, packet->size,
                   text) < 0)
        network->capture_error = errno;
}

/* --- life ---------------------------------------------------------------------------------- */

static bool build(struct network *network, const struct profile *profile, bool loses, char *why,
                  size_t size)
{
    const char *what = "";
    struct wire_hooks hooks = {.context = network, .own = own, .decide = decide, .seen = seen};
    if (hosts_isolate(0, &what) < 0) {
        snprintf(why, size, "%s: %s", what, strerror(errno));
        return false;
    }
    /* Entering a user namespace made this process undumpable; what it runs could not open the
       interposer by a descriptor of ours. */
    prctl(PR_SET_DUMPABLE, 1);
    if (hosts_open(&network->hosts, profile, why, size) < 0)
        return false;
    network->wire = wire_new(&network->hosts, &hooks);
    if (network->wire == NULL)
        snprintf(why, size, "the wire: %s", strerror(errno));
    return network->wire != NULL && hosts_configure(&network->hosts, why, size) == 0 &&
           (!loses || hosts_lossy(&network->hosts, profile, true, why, size) == 0);
}

static bool arm(struct network *network, const struct faultplan *plan)
{
    struct wirefault_scope scope = {.flows = network->flows,
                                    .naming = &network->hosts.naming,
                                    .count = plan->plan.count,
                                    .ports = PORTS,
                                    .ordered = PORTS};
    memcpy(scope.when, plan->when, sizeof scope.when);
    wirefault_begin(network->wirefault, &scope);
    return plan->wire == 0 || plan_arm(&network->control->plan) == 0;
}

struct network *network_open(const struct profile *profile, struct control *control,
                             const struct faultplan *plan, const char *capture, char *why,
                             size_t size)
{
    struct network *network = calloc(1, sizeof *network);
    bool good = network != NULL && (network->flows = flows_new()) != NULL &&
                (network->wirefault = wirefault_new()) != NULL;
    snprintf(why, size, "no memory");
    if (good) {
        network->control = control;
        network->firings_end = &network->firings;
        good = build(network, profile, plan->loses, why, size);
    }
    if (good && !arm(network, plan)) {
        snprintf(why, size, "the fault plan could not be armed");
        good = false;
    }
    if (good && capture != NULL) {
        network->capture = pcapng_create(capture, "sockproof exec --wire");
        good = network->capture != NULL;
        if (!good)
            snprintf(why, size, "%s: %s", capture, strerror(errno));
    }
    if (!good) {
        network_close(network);
        network = NULL;
    }
    return network;
}

int network_close(struct network *network)
{
    int status = 0;
    if (network == NULL)
        return 0;
    plan_disarm();
    if (network->capture != NULL && pcapng_close(network->capture) < 0 &&
        network->capture_error == 0)
        network->capture_error = errno;
    if (network->wire != NULL) {
        wire_free(network->wire);
        hosts_close(&network->hosts);
    }
    for (struct wire_firing *one = network->firings, *next = NULL; one != NULL; one = next) {
        next = one->next;
        free(one);
    }
    free(network->carried);
    flows_free(network->flows);
    wirefault_free(network->wirefault);
    errno = network->capture_error;
    status = network->capture_error == 0 ? 0 : -1;
    free(network);
    return status;
}

/* --- use ----------------------------------------------------------------------------------- */

int network_host(const struct network *network, enum side side)
{
    return network->hosts.netns[side];
}

const char *network_address(const struct network *network, enum side side, int family)
{
    static char text[INET6_ADDRSTRLEN];
    const void *address = family == AF_INET6 ? (const void *)&network->hosts.address6[side]
                                             : &network->hosts.address4[side];
    return inet_ntop(family, address, text, sizeof text);
}

/* Milliseconds to wait: until the end, or until the wire may be taken for still. */
static int patience(const struct network *network, uint64_t end)
{
    uint64_t now = clock_now_ns();
    uint64_t left = end > now ? (end - now + 999999) / 1000000 : 0;
    uint64_t most = network->moved_ns != 0 ? STILL_MS : 1000;
    return (int)(left < most ? left : most);
}

/* Carries what waits; when nothing has for a while, what was kept back goes too. */
static void pump(struct network *network)
{
    uint64_t now = clock_now_ns();
    if (wire_pump(network->wire, PUMP_LIMIT) > 0)
        network->moved_ns = now;
    else if (network->moved_ns != 0 && now - network->moved_ns >= STILL_MS * 1000000ULL)
        network->moved_ns = wire_flush_reordered(network->wire) > 0 ? now : 0;
}

int network_carry(struct network *network, struct pollfd *more, nfds_t count, double seconds)
{
    struct pollfd list[SIDE_COUNT + MORE_MAX] = {{.fd = -1}};
    uint64_t end = seconds < 0 ? UINT64_MAX : clock_now_ns() + (uint64_t)(seconds * 1e9);
    int ready = 0;
    if (count > 0)
        memcpy(list + SIDE_COUNT, more, count * sizeof *more);
    for (int side = 0; side < SIDE_COUNT; side++)
        list[side] = (struct pollfd){.fd = network->hosts.tap[side], .events = POLLIN};
    do {
        int any = poll(list, SIDE_COUNT + count, patience(network, end));
        pump(network);
        for (nfds_t i = 0; any > 0 && i < count; i++)
            ready += list[SIDE_COUNT + i].revents != 0;
    } while (ready == 0 && clock_now_ns() < end);
    if (count > 0)
        memcpy(more, list + SIDE_COUNT, count * sizeof *more);
    return ready;
}

void network_still(struct network *network, double seconds)
{
    uint64_t end = clock_now_ns() + (uint64_t)(seconds * 1e9);
    network->moved_ns = clock_now_ns();
    while (network->moved_ns != 0 && clock_now_ns() < end)
        network_carry(network, NULL, 0, STILL_MS / 1e3);
}

const struct wire_firing *network_firings(const struct network *network)
{
    return network->firings;
}

uint64_t network_unlisted(const struct network *network)
{
    return network->unlisted;
}

bool network_cut(const struct network *network)
{
    return network->cut;
}

unsigned network_lost(const struct network *network)
{
    return wire_lost(network->wire);
}
