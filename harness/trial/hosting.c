/* SPDX-License-Identifier: MIT */
#include "trial/hosting.h"

#include "trial/endpoint.h"
#include "trial/mention.h"

#include <errno.h>
#include <string.h>
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

/* On loopback the machine's own programs, and connections that wait out TIME_WAIT, may hold a port.
 */
static bool port_free(struct trial *trial, int type)
{
    struct node server = {
        .kind = NODE_SCALAR, .plain = true, .text = (char *)"server", .length = 6};
    struct sockaddr_storage address;
    socklen_t size = endpoint_resolve(trial, &server, &address);
    int fd = socket(address.ss_family, type | SOCK_CLOEXEC, 0);
    bool is_free = fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0;
    if (fd >= 0)
        close(fd);
    return is_free;
}

void hosting_ports(struct trial *trial)
{
    enum { TRIES = 100 };
    struct stage *stage = trial->stage;
    int tries = 0;
    do
        next_block(trial);
    while (!stage->on_wire && tries++ < TRIES &&
           !(port_free(trial, SOCK_STREAM) && port_free(trial, SOCK_DGRAM)));
    if (stage->on_wire && hosts_ports(&stage->hosts, trial->ports.first + 1,
                                      trial->ports.first + trial->ports.count - 1) < 0)
        trial_broken(trial, CODE_HOSTS_FAILED, "the hosts' port range could not be set: %s",
                     strerror(errno));
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
    second(trial, true);
    encapsulate(trial);
}

void hosting_end(struct trial *trial)
{
    lossy(trial, false);
    second(trial, false);
}
