/* SPDX-License-Identifier: MIT */
#include "trial/hosting.h"

#include "case/pktcommand.h"
#include "case/variant.h"
#include "trial/mention.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A second address of the hosts is there only for who asks: it would be in every association. */
static bool names_second(const struct variant *variant)
{
    static const char *const words[] = {"client-second", "server-second", NULL};
    return mention_any(variant, words);
}

static bool arms_loss(const struct variant *variant)
{
    bool found = false;
    for (size_t i = 0; i < variant->fault_count; i++)
        found = found || (variant->faults[i].wire != NULL &&
                          wire_action_loses(wire_action_find(variant->faults[i].action->text)));
    return found;
}

/* A block of ports of its own for the case, so that late packets of an earlier one are no business
   of it. */
static void next_block(struct trial *trial)
{
    struct stage *stage = trial->stage;
    /* On loopback the kernel chooses the clients' ports from a range that is not ours. */
    trial->ports.count =
        PORTS_PER_CASE + (stage->on_wire ? (unsigned)trial->variant->file->clients : 0);
    if (stage->next_port + trial->ports.count > stage->last_port)
        stage->next_port = stage->first_port;
    trial->ports.first = stage->next_port;
    trial->ports.server =
        trial->variant->file->port > 0 ? (unsigned)trial->variant->file->port : trial->ports.first;
    stage->next_port += trial->ports.count;
}

/* Whether nobody has the port, at any address of either family: a case may bind to it in both,
   whatever it is about. */
static bool port_free(int type, unsigned port)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 both = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
    bool is_free = fd >= 0 &&
                   setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int)) == 0 &&
                   bind(fd, (struct sockaddr *)&both, sizeof both) == 0;
    bool alone = !is_free && errno != EADDRINUSE; /* there is no IPv6 */
    if (fd >= 0)
        close(fd);
    fd = alone ? socket(AF_INET, type | SOCK_CLOEXEC, 0) : -1;
    if (fd >= 0) {
        is_free = bind(fd, (struct sockaddr *)&four, sizeof four) == 0;
        close(fd);
    }
    return is_free;
}

/* On loopback the machine's own programs, and connections that wait out TIME_WAIT, may hold the
   port of the server or the client. */
static bool ports_free(const struct trial *trial)
{
    const unsigned ports[] = {trial->ports.server, trial->ports.first + 1};
    bool all_free = true;
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        all_free = all_free && port_free(SOCK_STREAM, ports[i]) && port_free(SOCK_DGRAM, ports[i]);
    return all_free;
}

void hosting_ports(struct trial *trial)
{
    enum { TRIES = 100 };
    struct stage *stage = trial->stage;
    int tries = 0;
    do
        next_block(trial);
    while (!stage->on_wire && tries++ < TRIES && !ports_free(trial));
    if (stage->on_wire && hosts_ports(&stage->hosts, trial->ports.first + 1,
                                      trial->ports.first + trial->ports.count - 1) < 0)
        trial_broken(trial, CODE_HOSTS_FAILED, "the hosts' port range could not be set: %s",
                     strerror(errno));
}

bool hosting_used_up(const struct stage *stage)
{
    return stage->on_wire && stage->next_port + PORTS_PER_CASE > stage->last_port;
}

/* SCTP in UDP, at the registered port (RFC 6951), for who speaks of it. */
static void encapsulate(struct trial *trial)
{
    static const char *const words[] = {"SCTP_REMOTE_UDP_ENCAPS_PORT", NULL};
    bool wanted = mention_any(trial->variant, words);
    trial->stage->cast.udp_port = wanted ? ENCAPSULATION_PORT : 0;
}

static void second(struct trial *trial, bool on)
{
    struct stage *stage = trial->stage;
    bool wanted = on ? names_second(trial->variant) : trial->second;
    if (!stage->on_wire || !wanted)
        return;
    if (hosts_second(&stage->hosts, on) < 0)
        trial_broken(trial, CODE_HOSTS_FAILED, "the hosts' second addresses could not be %s: %s",
                     on ? "added" : "taken away", strerror(errno));
    else if (on) /* who leaves a group does not say so */
        wire_await_reports(stage->wire);
    trial->second = on;
}

/* Scripts are written for segments of IPv4: over IPv6 there is room for its longer header. */
static void widen(struct trial *trial, bool on)
{
    struct stage *stage = trial->stage;
    bool wanted = trial->variant->file->script != NULL && trial->variant->family == AF_INET6;
    if (!stage->on_wire || !wanted)
        return;
    if (hosts_mtu(&stage->hosts, on ? HOSTS_MTU_MOST : HOSTS_MTU) < 0)
        trial_broken(trial, CODE_HOSTS_FAILED, "the hosts' MTU could not be set: %s",
                     strerror(errno));
}

/* What a script's commands choose by a setting that the owner of a host may not write. */
static void congest(struct trial *trial, bool on)
{
    struct stage *stage = trial->stage;
    const struct casefile *file = trial->variant->file;
    const char *name = file->script != NULL && variant_runs_program(trial->variant, NULL)
                           ? pktcommand_congestion(file->script, file->path, trial->arena)
                           : NULL;
    if (stage->on_wire && name != NULL && hosts_congestion(&stage->hosts, on ? name : NULL) < 0)
        trial_event(trial, "note", "harness",
                    trial_text(trial, "the congestion control %s could not be had: %s", name,
                               strerror(errno)),
                    NULL);
}

static void lossy(struct trial *trial, bool on)
{
    struct stage *stage = trial->stage;
    char why[256];
    if (!stage->on_wire || !arms_loss(trial->variant))
        return;
    if (stage->stack->recovery > 0) /* the profile does not reach its timers: they get their time */
        stage->slow_factor *= on ? stage->stack->recovery : 1.0 / stage->stack->recovery;
    if (hosts_lossy(&stage->hosts, &stage->profile, on, why, sizeof why) < 0)
        trial_broken(trial, CODE_HOSTS_FAILED, "%s", why);
}

void hosting_begin(struct trial *trial)
{
    lossy(trial, true);
    widen(trial, true);
    congest(trial, true);
    second(trial, true);
    encapsulate(trial);
}

void hosting_end(struct trial *trial)
{
    lossy(trial, false);
    widen(trial, false);
    congest(trial, false);
    second(trial, false);
}
