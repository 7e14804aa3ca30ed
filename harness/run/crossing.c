#include "run/crossing.h"

#include "run/wirefault.h"
#include "wire/pcapng.h"
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

struct crossing {
    struct hosts hosts;
    struct wire *wire;
    struct flows *flows;
    struct control *control;
    struct pcapng *capture;
    int capture_error;
    uint64_t moved_ns; /* when something last crossed; 0: all has been let go since */
    struct firing *firings, **firings_end;
};

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* --- what the wire asks -------------------------------------------------------------------- */

static bool own(void *context, const struct packet *packet)
{
    (void)context;
    (void)packet;
    return true;
}

/* The chances that the log of an earlier run lists, when there is one. */
static unsigned listed(const struct control *control, const struct chance *chance)
{
    unsigned bits = 0;
    for (size_t i = 0; control->replaying && i < control->plan.count; i++)
        if (control_replays(control, control_key(i, chance->identity, chance->counter)))
            bits |= 1U << i;
    return bits;
}

static void note_firing(struct crossing *crossing, const struct packet *packet, enum side from,
                        const struct chance *chance, const struct fault *fault)
{
    struct firing *firing = calloc(1, sizeof *firing);
    if (firing == NULL)
        return;
    *firing = (struct firing){.at_ns = clock_ns(CLOCK_MONOTONIC),
                              .fault = (size_t)(fault - crossing->control->plan.fault),
                              .from = side_name(from),
                              .identity = chance->identity,
                              .counter = chance->counter,
                              .size = packet->payload_size};
    packet_line(packet, crossing->flows, &crossing->hosts.naming, firing->packet,
                sizeof firing->packet);
    *crossing->firings_end = firing;
    crossing->firings_end = &firing->next;
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
    struct crossing *crossing = context;
    flows_learn(crossing->flows, packet);
    /* Behind the two hosts is nothing, and who asks there (a resolver its name server) learns it.
     */
    if (!is_host(&crossing->hosts, &packet->destination))
        return WIRE_UNREACHABLE;
    if (!plan_armed())
        return WIRE_PASS;
    struct chance chance = wirefault_chance(packet, from);
    chance.listed = listed(crossing->control, &chance);
    const struct fault *fault = wirefault_meet(packet, from, &chance);
    if (fault == NULL)
        return WIRE_PASS;
    note_firing(crossing, packet, from, &chance, fault);
    *name = fault->name;
    return wirefault_action(fault);
}

static void seen(void *context, const struct packet *packet, enum side from, enum fate fate,
                 const char *fault)
{
    struct crossing *crossing = context;
    char text[384];
    if (crossing->capture == NULL || crossing->capture_error != 0)
        return;
    wirefault_text(packet, fate, fault, text, sizeof text);
    if (pcapng_add(crossing->capture, from, clock_ns(CLOCK_REALTIME), packet->frame, packet->size,
                   text) < 0)
        crossing->capture_error = errno;
}

/* --- life ---------------------------------------------------------------------------------- */

static bool build(struct crossing *crossing, const struct profile *profile, bool loses, char *why,
                  size_t size)
{
    const char *what = "";
    struct wire_hooks hooks = {.context = crossing, .own = own, .decide = decide, .seen = seen};
    if (hosts_isolate(&what) < 0) {
        snprintf(why, size, "%s: %s", what, strerror(errno));
        return false;
    }
    /* Entering a user namespace made this process undumpable; what it runs could not open the
       interposer by a descriptor of ours. */
    prctl(PR_SET_DUMPABLE, 1);
    if (hosts_open(&crossing->hosts, profile, why, size) < 0)
        return false;
    crossing->wire = wire_new(&crossing->hosts, &hooks);
    if (crossing->wire == NULL)
        snprintf(why, size, "the wire: %s", strerror(errno));
    return crossing->wire != NULL && hosts_configure(&crossing->hosts, why, size) == 0 &&
           (!loses || hosts_lossy(&crossing->hosts, profile, true, why, size) == 0);
}

static bool arm(struct crossing *crossing, const struct faultplan *plan)
{
    struct wirefault_scope scope = {.flows = crossing->flows,
                                    .naming = &crossing->hosts.naming,
                                    .count = plan->plan.count,
                                    .ports = PORTS,
                                    .ordered = PORTS};
    memcpy(scope.when, plan->when, sizeof scope.when);
    wirefault_begin(&scope);
    return plan->wire == 0 || plan_arm(&crossing->control->plan) == 0;
}

struct crossing *crossing_open(const struct profile *profile, struct control *control,
                               const struct faultplan *plan, const char *capture, char *why,
                               size_t size)
{
    struct crossing *crossing = calloc(1, sizeof *crossing);
    bool good = crossing != NULL && (crossing->flows = flows_new()) != NULL;
    snprintf(why, size, "no memory");
    if (good) {
        crossing->control = control;
        crossing->firings_end = &crossing->firings;
        good = build(crossing, profile, plan->loses, why, size);
    }
    if (good && !arm(crossing, plan)) {
        snprintf(why, size, "the fault plan could not be armed");
        good = false;
    }
    if (good && capture != NULL) {
        crossing->capture = pcapng_create(capture, "sockproof exec --wire");
        good = crossing->capture != NULL;
        if (!good)
            snprintf(why, size, "%s: %s", capture, strerror(errno));
    }
    if (!good) {
        crossing_close(crossing);
        crossing = NULL;
    }
    return crossing;
}

int crossing_close(struct crossing *crossing)
{
    int status = 0;
    if (crossing == NULL)
        return 0;
    plan_disarm();
    if (crossing->capture != NULL && pcapng_close(crossing->capture) < 0 &&
        crossing->capture_error == 0)
        crossing->capture_error = errno;
    if (crossing->wire != NULL) {
        wire_free(crossing->wire);
        hosts_close(&crossing->hosts);
    }
    for (struct firing *one = crossing->firings, *next = NULL; one != NULL; one = next) {
        next = one->next;
        free(one);
    }
    flows_free(crossing->flows);
    errno = crossing->capture_error;
    status = crossing->capture_error == 0 ? 0 : -1;
    free(crossing);
    return status;
}

/* --- use ----------------------------------------------------------------------------------- */

int crossing_host(const struct crossing *crossing, enum side side)
{
    return crossing->hosts.netns[side];
}

const char *crossing_address(const struct crossing *crossing, enum side side, int family)
{
    static char text[INET6_ADDRSTRLEN];
    const void *address = family == AF_INET6 ? (const void *)&crossing->hosts.address6[side]
                                             : &crossing->hosts.address4[side];
    return inet_ntop(family, address, text, sizeof text);
}

/* Milliseconds to wait: until the end, or until the wire may be taken for still. */
static int patience(const struct crossing *crossing, uint64_t end)
{
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    uint64_t left = end > now ? (end - now + 999999) / 1000000 : 0;
    uint64_t most = crossing->moved_ns != 0 ? STILL_MS : 1000;
    return (int)(left < most ? left : most);
}

/* Carries what waits; when nothing has for a while, what was kept back goes too. */
static void pump(struct crossing *crossing)
{
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    if (wire_pump(crossing->wire, PUMP_LIMIT) > 0)
        crossing->moved_ns = now;
    else if (crossing->moved_ns != 0 && now - crossing->moved_ns >= STILL_MS * 1000000ULL)
        crossing->moved_ns = wire_flush_reordered(crossing->wire) > 0 ? now : 0;
}

int crossing_carry(struct crossing *crossing, struct pollfd *more, nfds_t count, double seconds)
{
    struct pollfd list[SIDE_COUNT + MORE_MAX] = {{.fd = -1}};
    uint64_t end = seconds < 0 ? UINT64_MAX : clock_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9);
    int ready = 0;
    if (count > 0)
        memcpy(list + SIDE_COUNT, more, count * sizeof *more);
    for (int side = 0; side < SIDE_COUNT; side++)
        list[side] = (struct pollfd){.fd = crossing->hosts.tap[side], .events = POLLIN};
    do {
        int any = poll(list, SIDE_COUNT + count, patience(crossing, end));
        pump(crossing);
        for (nfds_t i = 0; any > 0 && i < count; i++)
            ready += list[SIDE_COUNT + i].revents != 0;
    } while (ready == 0 && clock_ns(CLOCK_MONOTONIC) < end);
    if (count > 0)
        memcpy(more, list + SIDE_COUNT, count * sizeof *more);
    return ready;
}

void crossing_still(struct crossing *crossing, double seconds)
{
    uint64_t end = clock_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9);
    crossing->moved_ns = clock_ns(CLOCK_MONOTONIC);
    while (crossing->moved_ns != 0 && clock_ns(CLOCK_MONOTONIC) < end)
        crossing_carry(crossing, NULL, 0, STILL_MS / 1e3);
}

const struct firing *crossing_firings(const struct crossing *crossing)
{
    return crossing->firings;
}

unsigned crossing_lost(const struct crossing *crossing)
{
    return wire_lost(crossing->wire);
}
