/* SPDX-License-Identifier: MIT */
#include "actor/cast.h"

#include "actor/act.h"
#include "actor/signals.h"
#include "base/demise.h"
#include "base/expendable.h"
#include "base/hash.h"
#include "base/lack.h"
#include "base/lastwords.h"
#include "base/legible.h"
#include "base/withheld.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Children of this process that have ended, or were stopped: one cast to a process. */
static volatile sig_atomic_t gone;

static void count_end(int number)
{
    (void)number;
    gone = gone + 1;
}

static void count_ends(void)
{
    struct sigaction counting = {.sa_handler = count_end, .sa_flags = SA_RESTART};
    sigemptyset(&counting.sa_mask);
    sigaction(SIGCHLD, &counting, NULL);
}

void cast_begin(struct cast *cast, struct shared *shared, const struct stack *stack,
                const int *netns, void (*serve)(struct actor *actor))
{
    memset(cast, 0, sizeof *cast);
    cast->serve = serve;
    cast->shared = shared;
    cast->stack = stack;
    cast->netns = netns;
    count_ends();
}

int cast_index(const struct cast *cast, const struct member *member)
{
    return (int)(member - cast->member);
}

/* The child's side of the fork: it keeps its own control socket and lets go of all others. */
static _Noreturn void play(const struct cast *cast, struct member *member, int control, int words)
{
    struct actor actor = {.name = member->name,
                          .index = cast_index(cast, member),
                          .control = control,
                          .shared = cast->shared,
                          .stack = cast->stack,
                          .udp_port = cast->udp_port,
                          .own = cast->address[member->side],
                          .peer = cast->address[SIDE_COUNT - 1 - member->side],
                          /* by its name: its place depends on the cases before */
                          .seed = hash_bytes(cast->seed, member->name, strlen(member->name))};
    prctl(PR_SET_NAME, member->name);
    signal(SIGCHLD, SIG_DFL); /* the worker's counting */
    signals_by_default();
    withheld_leave();
    lack_tell(member->lack);
    expendable_offer(EXPENDABLE_ACTOR);
    if (cast->netns != NULL && setns(cast->netns[member->side], CLONE_NEWNET) < 0)
        lack_end("its host could not be entered (setns)");
    if (words >= 0)
        lastwords_to(words);
    /* Everything above the standard descriptors is the worker's; the case's own begin at 3. */
    int kept = dup2(control, 3);
    if (kept < 0)
        lack_end("its socket could not be copied (dup2)");
    actor.control = kept;
    close_range(4, ~0U, 0);
    cast->serve(&actor);
    _exit(0);
}

static int spawn(const struct cast *cast, struct member *member)
{
    int ends[2];
    int words[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    bool elsewhere = cast->stack->command != NULL;
    if ((cast->stack->userspace || elsewhere) && !lastwords_pipe(words))
        words[0] = words[1] = -1;
    int index = cast_index(cast, member);
    cast->shared->why[index][0] = '\0';
    memset(cast->shared->signals[index], 0, sizeof cast->shared->signals[0]);
    atomic_store(&cast->shared->told[index], 0);
    atomic_store(&cast->shared->waited_us[index], 0);
    atomic_store(&cast->shared->ran_us[index], 0);
    atomic_store(&cast->shared->asked[index], 0);
    atomic_store(&cast->shared->answered[index], 0);
    atomic_store(&cast->shared->pid[index], 0);
    idle_clear(&cast->shared->idle[index]);
    member->lack = cast->shared->lack[index];
    member->lack[0] = member->lacked[0] = '\0';
    member->taken = 0;
    pid_t pid = fork();
    if (pid == 0)
        play(cast, member, ends[1], words[1]);
    close(ends[1]);
    if (words[1] >= 0)
        close(words[1]);
    if (pid < 0) {
        close(ends[0]);
        if (words[0] >= 0)
            close(words[0]);
        return -1;
    }
    member->pid = pid;
    member->leads = elsewhere;
    member->control = ends[0];
    member->words = words[0];
    member->said[0] = '\0';
    member->starved = starved_open(pid);
    member->worn = false;
    member->status = 0;
    member->hung_up = false;
    return 0;
}

static struct member *find(struct cast *cast, const char *name)
{
    struct member *found = NULL;
    for (int i = 0; i < cast->count && found == NULL; i++)
        if (strcmp(cast->member[i].name, name) == 0)
            found = &cast->member[i];
    return found;
}

pid_t cast_running(struct cast *cast, const char *name)
{
    const struct member *member = find(cast, name);
    return member != NULL ? member->pid : 0;
}

bool cast_has(const void *cast, pid_t pid)
{
    const struct cast *all = cast;
    bool found = false;
    for (int i = 0; i < all->count && !found; i++)
        found = all->member[i].pid == pid;
    return found;
}

/* A place for a new member: a free one, or that of one whom only earlier cases named. */
static struct member *place(struct cast *cast)
{
    struct member *found = NULL;
    if (cast->count < ACTOR_MAX)
        return &cast->member[cast->count++];
    for (int i = 0; i < cast->count && found == NULL; i++)
        if (!cast->member[i].named)
            found = &cast->member[i];
    if (found != NULL)
        cast_kill(found);
    return found;
}

static struct member *join(struct cast *cast, const char *name)
{
    struct member *member = strlen(name) < NAME_MAX_ACTOR ? place(cast) : NULL;
    if (member == NULL) {
        errno = ENOSPC;
        return NULL;
    }
    snprintf(member->name, sizeof member->name, "%s", name);
    member->side = strncmp(name, "server", 6) == 0 ? SIDE_SERVER : SIDE_CLIENT;
    return member;
}

struct member *cast_member(struct cast *cast, const char *name)
{
    struct member *member = find(cast, name);
    if (member == NULL)
        member = join(cast, name);
    if (member != NULL)
        member->named = true;
    if (member != NULL && member->pid == 0 && spawn(cast, member) < 0)
        member = NULL;
    return member;
}

int cast_send(const struct member *member, int order)
{
    ssize_t sent = 0;
    do
        sent = send(member->control, &order, sizeof order, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == sizeof order ? 0 : -1;
}

/* One that has hung up is about to end, or will never be heard again: the signal changes nothing of
   how it ends, and is for the second. */
static void bury(struct member *member)
{
    kill(member->pid, SIGKILL);
    if (member->leads)
        kill(-member->pid, SIGKILL);
    close(member->control); /* it ends for that, too */
    while (waitpid(member->pid, &member->status, 0) < 0 && errno == EINTR)
        continue;
    legible_copy(member->lacked, sizeof member->lacked, member->lack, LACK_TEXT);
    if (member->starved >= 0)
        close(member->starved);
    if (member->words >= 0) {
        lastwords_take(member->words, member->said, sizeof member->said);
        close(member->words);
    }
    member->words = -1;
    member->starved = -1;
    member->pid = 0;
}

/* Whether its process is over, whoever else holds its end of the control socket. */
static bool has_ended(const struct member *member)
{
    siginfo_t about = {0};
    return waitid(P_PID, (id_t)member->pid, &about, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           about.si_pid == member->pid;
}

/* As recv(2), and 0 where nothing will come any more although nobody hangs up: a process that it
   has left behind holds the other end. What it told before it ended comes first. */
static ssize_t hear(const struct member *member, int *number)
{
    ssize_t got = recv(member->control, number, sizeof *number, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN && has_ended(member)) {
        got = recv(member->control, number, sizeof *number, MSG_DONTWAIT);
        got = got < 0 && errno == EAGAIN ? 0 : got;
    }
    return got;
}

int cast_receive(struct member *member, int *number)
{
    ssize_t got = hear(member, number);
    if (got == sizeof *number) {
        member->taken++;
        return 1;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (got < 0 && errno != ECONNRESET)
        lack_note(member->lack, "what it told could not be received (recv)");
    member->hung_up = (got == 0 || errno == ECONNRESET) && !demise_begun(member->pid);
    bury(member);
    return -1;
}

const char *cast_lack(const struct member *member)
{
    return member->lacked;
}

bool cast_tells(const struct cast *cast, const struct member *member)
{
    return member->pid > 0 &&
           atomic_load(&cast->shared->told[cast_index(cast, member)]) != member->taken;
}

int cast_halted(struct cast *cast, const struct member *member)
{
    int by = member->pid > 0 ? demise_halted(member->pid) : 0;
    cast->halted = cast->halted || by != 0;
    return by;
}

bool cast_stopped(struct cast *cast)
{
    bool any = cast->halted;
    cast->halted = false;
    for (int i = 0; i < cast->count; i++) {
        siginfo_t about = {0};
        pid_t pid = cast->member[i].pid;
        any = (pid > 0 && waitid(P_PID, (id_t)pid, &about, WSTOPPED | WCONTINUED | WNOHANG) == 0 &&
               about.si_pid == pid) ||
              any;
    }
    return any;
}

bool cast_shrank(struct cast *cast)
{
    int now = gone;
    bool shrank = now != cast->ends;
    cast->ends = now;
    return shrank;
}

void cast_kill(struct member *member)
{
    if (member->pid > 0)
        bury(member);
    member->status = 0; /* it was not somebody */
    member->lacked[0] = '\0';
}

bool cast_killed(struct member *member)
{
    if (member->pid > 0 && demise_begun(member->pid))
        bury(member);
    bool killed =
        WIFSIGNALED(member->status) && WTERMSIG(member->status) == SIGKILL && !member->hung_up;
    return member->pid == 0 && (killed || cast_lack(member)[0] != '\0');
}

void cast_tidy(struct cast *cast)
{
    for (int i = 0; i < cast->count; i++) {
        cast->member[i].named = false;
        if (cast->member[i].worn)
            cast_kill(&cast->member[i]);
    }
}

void cast_end(struct cast *cast)
{
    for (int i = 0; i < cast->count; i++)
        cast_kill(&cast->member[i]);
}
