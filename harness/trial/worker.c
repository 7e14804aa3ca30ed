/* SPDX-License-Identifier: MIT */
#include "trial/worker.h"

#include "actor/actor.h"
#include "actor/standin.h"
#include "base/arena.h"
#include "base/claim.h"
#include "base/expendable.h"
#include "base/lack.h"
#include "base/mapped.h"
#include "base/starved.h"
#include "fault/wirefault.h"
#include "packet/flows.h"
#include "trial/leftover.h"
#include "trial/run.h"
#include "trial/traffic.h"
#include "wire/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WIRE_FIRST = 10000,
    WIRE_LAST = 60000,
    LOOPBACK_LAST = 30000, /* below the usual ephemeral range */
    OWN_ADDRESS = 10, /* a stack that answers for itself is 10.0.0.11 where its host is 10.0.0.1 */
    ANSWER_MAX = 1 << 20,
    TRIES = 3
};

/* The worker and its actors share one processor: what one of them has done has then been
   processed by the kernel when the other looks. */
static bool pin(int number)
{
    cpu_set_t allowed;
    cpu_set_t one;
    int wanted = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return false;
    wanted = number % CPU_COUNT(&allowed);
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed) && wanted-- == 0)
            CPU_SET(cpu, &one);
    return sched_setaffinity(0, sizeof one, &one) == 0;
}

/* The kernel's work on packets is a thread like others, which may be interrupted in the midst of
   one, where it is built for real time (uname(2)). */
static bool real_time(void)
{
    struct utsname about;
    return uname(&about) < 0 || strstr(about.version, "PREEMPT_RT") != NULL;
}

static bool open_wire(struct stage *stage, const struct packet_lie *lie, char *why, size_t size)
{
    const char *what = "";
    struct wire_hooks hooks = traffic_hooks(stage);
    if (!stage->apart && hosts_isolate(0, &what) < 0) {
        snprintf(why, size, "%s: %s", what, strerror(errno));
        return false;
    }
    /* Entering a user namespace made this process undumpable, and its actors' /proc unreadable. */
    prctl(PR_SET_DUMPABLE, 1);
    if (hosts_open(&stage->hosts, &stage->profile, why, size) < 0)
        return false;
    stage->wire = wire_new(&stage->hosts, &hooks);
    if (stage->wire == NULL) {
        snprintf(why, size, "the wire: %s", strerror(errno));
        return false;
    }
    if (hosts_configure(&stage->hosts, why, size) < 0)
        return false;
    wire_await_reports(stage->wire);
    wire_lie(stage->wire, lie);
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        struct epoll_event event = {.events = EPOLLIN};
        epoll_ctl(stage->epoll, EPOLL_CTL_ADD, stage->hosts.tap[side], &event);
        stage->address[side][0] = mapped_address(&stage->hosts.address4[side]);
        stage->address[side][1] = stage->hosts.address6[side];
        stage->second[side][0] = mapped_address(&stage->hosts.second4[side]);
        stage->second[side][1] = stage->hosts.second6[side];
        for (int six = 0; six < 2 && stage->stack->own_address; six++)
            stage->address[side][six].s6_addr[15] += OWN_ADDRESS;
    }
    stage->first_port = WIRE_FIRST;
    stage->last_port = WIRE_LAST;
    return true;
}

/* Ports that nobody else has: all of a network of its own; on the machine's, where that is asked
   for or namespaces are refused, a block that is held until the worker's end. */
static bool open_ports(struct stage *stage, bool machine, char *why, size_t size)
{
    int held = -1, block = 0;
    stage->first_port = CLAIM_FIRST;
    stage->last_port = LOOPBACK_LAST;
    enum isolation isolation =
        machine ? ISOLATION_REFUSED : loopback_isolate(stage->apart, why, size);
    if (isolation == ISOLATION_DONE)
        prctl(PR_SET_DUMPABLE, 1); /* as for the wire */
    if (isolation != ISOLATION_REFUSED)
        return isolation == ISOLATION_DONE;
    block = claim_block(stage->worker, &held);
    stage->first_port = (unsigned)(CLAIM_FIRST + block * CLAIM_PORTS);
    stage->last_port = stage->first_port + CLAIM_PORTS;
    if (block < 0)
        snprintf(why, size, "other runs hold all %d blocks of ports on loopback", CLAIM_BLOCKS);
    return block >= 0;
}

/* Every worker listens on an IPv4 address of its own. */
static bool open_loopback(struct stage *stage, bool machine, char *why, size_t size)
{
    struct in_addr client = {htonl(INADDR_LOOPBACK)};
    struct in_addr server = {htonl(0x7f000002U + ((uint32_t)(10 + stage->worker) << 16))};
    stage->address[SIDE_CLIENT][0] = mapped_address(&client);
    stage->address[SIDE_SERVER][0] = mapped_address(&server);
    stage->address[SIDE_CLIENT][1] = stage->address[SIDE_SERVER][1] = in6addr_loopback;
    return open_ports(stage, machine, why, size);
}

static json_t *address_json(const struct in6_addr *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    inet_ntop(AF_INET6, address, text, sizeof text);
    return json_string(text);
}

/* The addresses of each host: IPv4 as mapped, IPv6, and the second ones. */
static json_t *addresses_json(const struct stage *stage)
{
    json_t *hosts = json_object();
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        json_object_set_new(hosts, side_name(side),
                            json_pack("[o, o, o, o]", address_json(&stage->address[side][0]),
                                      address_json(&stage->address[side][1]),
                                      address_json(&stage->second[side][0]),
                                      address_json(&stage->second[side][1])));
    return hosts;
}

static bool open_stage(struct stage *stage, const struct worker *worker, char *why, size_t size)
{
    *stage = (struct stage){.stack = worker->stack,
                            .on_wire = worker->on_wire,
                            .apart = worker->apart,
                            .worker = worker->number,
                            .profile = *worker->profile,
                            .catalogue = worker->catalogue,
                            .baseline = worker->baseline,
                            .version = worker->version,
                            .seed = worker->seed,
                            .slow_factor = worker->slow_factor,
                            .capture = worker->capture,
                            .recording = worker->recording,
                            .report_folder = worker->report_folder,
                            .root = worker->root};
    stage->epoll = epoll_create1(EPOLL_CLOEXEC);
    stage->starved = starved_open(0);
    stage->ledger = ledger_new();
    stage->flows = flows_new();
    stage->wirefault = wirefault_new();
    stage->shared = shared_new();
    if (stage->epoll < 0 || stage->flows == NULL || stage->wirefault == NULL ||
        stage->shared == NULL) {
        snprintf(why, size, "no memory or no descriptor for a worker: %s", strerror(errno));
        return false;
    }
    if (stage->on_wire ? !open_wire(stage, worker->lie, why, size)
                       : !open_loopback(stage, worker->machine, why, size))
        return false;
    stage->next_port = stage->first_port;
    for (int six = 0; six < 2; six++) {
        stage->hosts.naming.client[six] = stage->address[SIDE_CLIENT][six];
        stage->hosts.naming.server[six] = stage->address[SIDE_SERVER][six];
        stage->hosts.naming.second[SIDE_CLIENT][six] = stage->second[SIDE_CLIENT][six];
        stage->hosts.naming.second[SIDE_SERVER][six] = stage->second[SIDE_SERVER][six];
    }
    stage->addresses = addresses_json(stage);
    cast_begin(&stage->cast, stage->shared, stage->stack,
               stage->on_wire ? stage->hosts.netns : NULL,
               stage->stack->command != NULL ? standin_serve : actor_serve);
    stage->cast.seed = stage->seed;
    stage->cast.address = stage->address;
    return true;
}

static void answer(const struct worker *worker, json_t *result)
{
    char *text = json_dumps(result, JSON_COMPACT);
    ssize_t sent = send(worker->control, arena_must(text), strlen(text), MSG_NOSIGNAL);
    if (sent < 0 && errno != EPIPE && errno != ECONNRESET)
        lack_end("its result could not be sent (send)");
    free(text);
    json_decref(result);
}

static json_t *not_built(const char *why)
{
    char reason[600];
    snprintf(reason, sizeof reason, "the worker's hosts could not be built: %s", why);
    return json_pack("{s:s}", "unbuilt", reason);
}

static void close_stage(struct stage *stage)
{
    cast_end(&stage->cast);
    if (stage->wire != NULL) {
        wire_free(stage->wire);
        hosts_close(&stage->hosts);
    }
    ledger_free(stage->ledger);
    flows_free(stage->flows);
    json_decref(stage->addresses);
    wirefault_free(stage->wirefault);
    close(stage->epoll);
    if (stage->starved >= 0)
        close(stage->starved);
}

/* As many as it may have: the sysctls of its hosts stay open. */
static void allow_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

_Noreturn void worker_serve(const struct worker *worker)
{
    struct stage stage;
    struct order order;
    char why[512] = "";
    int buffer = ANSWER_MAX;
    ssize_t got = 0;
    lack_tell(worker->report->lack);
    report_keep(worker->report);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    expendable_offer(EXPENDABLE_WORKER);
    leftover_begin();
    allow_descriptors();
    setpgid(0, 0); /* the terminal's Ctrl-C is for the supervisor, who decides */
    setsockopt(worker->control, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    bool pinned = pin(worker->number);
    bool ready = worker->unfit == NULL && open_stage(&stage, worker, why, sizeof why);
    stage.one_processor = pinned && !real_time();
    while ((got = recv(worker->control, &order, sizeof order, 0)) == sizeof order)
        answer(worker, ready ? trial_run(&stage, worker->variants[order.variant], worker->report,
                                         order.repeat)
                             : not_built(worker->unfit != NULL ? worker->unfit : why));
    if (got < 0 && errno != ECONNRESET)
        lack_end("no more orders could be received (recv)");
    if (ready)
        close_stage(&stage);
    exit(0);
}

static _Noreturn void try_hosts(const struct profile *profile, int out)
{
    struct hosts hosts;
    const char *what = "";
    char why[512] = "";
    if (hosts_isolate(0, &what) < 0)
        snprintf(why, sizeof why, "%s: %s", what, strerror(errno));
    else if (hosts_open(&hosts, profile, why, sizeof why) == 0) {
        hosts_configure(&hosts, why, sizeof why);
        hosts_close(&hosts);
    }
    if (write(out, why, strlen(why) + 1) < 0)
        lack_end("what was tried could not be told (write)");
    _exit(0);
}

/* Makes hosts in a process of its own. False: somebody killed that one, and nothing is known. */
static bool tried_hosts(const struct profile *profile, char *why, size_t size)
{
    int ends[2];
    int status = 0;
    ssize_t got = 0;
    if (pipe(ends) < 0) {
        snprintf(why, size, "no process could be made to try it: %s", strerror(errno));
        return true;
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        snprintf(why, size, "no process could be made to try it: %s", strerror(errno));
    if (pid == 0)
        try_hosts(profile, ends[1]);
    close(ends[1]);
    if (pid > 0) {
        got = read(ends[0], why, size - 1);
        if (got <= 0)
            snprintf(why, size, "the process that tried it was not heard%s%s", got < 0 ? ": " : "",
                     got < 0 ? strerror(errno) : "");
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    close(ends[0]);
    return pid < 0 || got != 0 || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
}

bool worker_try_hosts(const struct profile *profile, char *why, size_t size)
{
    bool tried = false;
    for (int times = 0; times < TRIES && !tried; times++) {
        why[0] = '\0';
        tried = tried_hosts(profile, why, size);
    }
    return why[0] == '\0';
}
