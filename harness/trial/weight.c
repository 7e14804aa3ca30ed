/* SPDX-License-Identifier: MIT */
#include "trial/weight.h"

#include "base/clock.h"
#include "base/footprint.h"
#include "case/limit.h"
#include "trial/leftover.h"
#include "trial/mounts.h"
#include "trial/pending.h"
#include "wire/buffers.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <unistd.h>

/* No more than that part of the time is spent on looking what memory is held. */
enum { WATCH_MS = 20, WEIGH_PART = 10 };

/* What may lie in a pipe when its user has as much in pipes as he may (pipe(7),
   pipe-user-pages-soft): two pages; for one of its ends the other may be gone. */
enum { PIPE_LEAST = 8192 };

/* --- what there is ---------------------------------------------------------------------------- */

/* For who is called in the namespace of a host. */
static struct weight *opened;

static int open_one(const struct hosts *hosts, enum side side)
{
    (void)hosts;
    opened->diag[side] = buffers_open();
    return 0;
}

static uint64_t in_buffers(const struct weight *weight)
{
    uint64_t sum = 0;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        sum += weight->diag[side] >= 0 ? buffers_held(weight->diag[side]) : 0;
    return sum;
}

/* Memory of the whole machine that is shared and no file of a disk's, proc(5). */
static uint64_t machine_shared(void)
{
    static const char with[] = "Shmem:";
    char line[128];
    uint64_t found = 0;
    FILE *in = fopen("/proc/meminfo", "re");
    while (in != NULL && found == 0 && fgets(line, sizeof line, in) != NULL)
        if (strncmp(line, with, strlen(with)) == 0)
            found = strtoull(line + strlen(with), NULL, 10) << 10;
    if (in != NULL)
        fclose(in);
    return found;
}

void weight_begin(struct trial *trial)
{
    struct weight *weight = &trial->weight;
    if (weight->begun)
        return;
    weight->begun = true;
    weight->home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    opened = weight;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        weight->diag[side] = -1;
    if (trial->stage->on_wire)
        hosts_visit(&trial->stage->hosts, open_one);
    else
        weight->diag[SIDE_CLIENT] = buffers_open();
    weight->queued = in_buffers(weight);
    weight->shared = machine_shared();
}

/* What descriptors stand for that are on their way is in no process: if there are any, and the
   machine has so much more of such memory than before, it is taken to be theirs. */
static uint64_t on_their_way(const struct weight *weight)
{
    uint64_t now = machine_shared();
    uint64_t more = now > weight->shared ? now - weight->shared : 0;
    return more > HELD_MOST && footprint_on_their_way(getpid(), getpgrp()) > 0 ? more : 0;
}

/* What is in the networks that programs have made for themselves. */
struct own_networks {
    const struct trial *trial;
    uint64_t held;
};

static bool is_same(int one, int other)
{
    struct stat a, b;
    return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_ino == b.st_ino &&
           a.st_dev == b.st_dev;
}

static bool is_ours(const struct trial *trial, int netns)
{
    const struct stage *stage = trial->stage;
    bool ours = is_same(netns, trial->weight.home);
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT && stage->on_wire; side++)
        ours = ours || is_same(netns, stage->hosts.netns[side]);
    return ours;
}

static void visit(void *context, int netns)
{
    struct own_networks *own = context;
    int home = own->trial->weight.home;
    if (home < 0 || is_ours(own->trial, netns) || setns(netns, CLONE_NEWNET) < 0)
        return;
    int netlink = buffers_open();
    if (setns(home, CLONE_NEWNET) < 0)
        _exit(EXIT_FAILURE); /* nothing is what it should be: the worker is begun again */
    own->held += buffers_held(netlink);
    if (netlink >= 0)
        close(netlink);
}

static uint64_t in_own_networks(const struct trial *trial)
{
    struct own_networks own = {trial, 0};
    footprint_networks(getpid(), getpgrp(), visit, &own);
    return own.held;
}

/* What is below the worker in other groups than its own and its actors', and what is in the
   namespaces that they have. What there was in the beginning is none of it. */
static bool is_too_much(const struct trial *trial)
{
    const struct weight *weight = &trial->weight;
    struct footprint all = footprint_below(getpid(), getpgrp());
    uint64_t queued = in_buffers(weight);
    queued = queued > weight->queued ? queued - weight->queued : 0;
    queued += in_own_networks(trial) + all.pipes * PIPE_LEAST;
    uint64_t behind = MAX(all.held + mounts_held(), on_their_way(weight));
    /* What lies behind names and descriptors is mapped here and there as well. */
    return all.own + MAX(all.shared, behind) + queued > HELD_MOST;
}

/* --- and what is done about it ------------------------------------------------------------------
 */

/* Each with what it has made; who has gone its own way is the worker's child. */
static void end_all(const struct trial *trial)
{
    const struct leftover leftover = {.stays = cast_has, .context = &trial->stage->cast};
    char name[64];
    for (int i = 0; i < OPEN_MAX; i++) {
        const struct pending *one = &trial->calls.open[i];
        const struct call *call = one->slot >= 0 && !one->ended ? pending_call(trial, one) : NULL;
        int group = call != NULL && verb_has(verb_get(call->verb), VERB_PROGRAM)
                        ? atomic_load(&call->program)
                        : 0;
        if (group > 0)
            kill(-group, SIGKILL);
    }
    leftover_end(&leftover, name, sizeof name);
}

static void tell(struct trial *trial)
{
    trial_broken(
        trial, CODE_TOO_LARGE,
        "the programs of the case held more than %llu bytes of memory, with files that lie "
        "in memory and what waits in sockets and pipes, and were ended",
        (unsigned long long)HELD_MOST);
}

void weight_look(struct trial *trial)
{
    struct weight *weight = &trial->weight;
    int64_t now = weight->begun && !weight->too_much ? clock_now_ms() : 0;
    if (now == 0 || now < weight->next_ms)
        return;
    weight->too_much = is_too_much(trial);
    weight->next_ms = now + MAX(WATCH_MS, WEIGH_PART * (clock_now_ms() - now));
    if (weight->too_much) {
        tell(trial);
        end_all(trial);
    }
}

void weight_judge(struct trial *trial)
{
    if (trial->weight.too_much && trial->judgement.failure.code != CODE_TOO_LARGE) {
        judgement_pardon(&trial->judgement);
        tell(trial);
    }
}

void weight_end(struct trial *trial)
{
    struct weight *weight = &trial->weight;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT && weight->begun; side++)
        if (weight->diag[side] >= 0)
            close(weight->diag[side]);
    if (weight->begun && weight->home >= 0)
        close(weight->home);
    weight->begun = weight->too_much = false; /* the rest may take its time */
}
