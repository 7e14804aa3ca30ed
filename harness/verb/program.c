/* SPDX-License-Identifier: MIT */
/* The verb that runs a program: a process of its own group, on the actor's host, with the
   interposer in front of its C library when a fault of the case is about it. */
#include "case/program.h"

#include "actor/port.h"
#include "base/arena.h"
#include "base/demise.h"
#include "base/expendable.h"
#include "base/withheld.h"
#include "case/limit.h"
#include "preload/control.h"
#include "program/launch.h"
#include "trial/builtin.h"
#include "trial/fence.h"
#include "trial/memory.h"
#include "trial/pending.h"
#include "trial/weight.h"
#include "verb/ops.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_MS = 2, WATCH_MS = 20, SAID_ROOM = 1 << 20 };

/* --- what it is told: the worker ------------------------------------------------------------- */

static struct piece text_piece(struct trial *trial, const char *text, size_t size)
{
    struct piece piece = memory_new(trial, size);
    if (piece.offset != 0)
        memcpy(memory_at(trial, piece), text, size);
    return piece;
}

/* One argument: a text, or {join: [texts]}. */
static const char *word_of(struct trial *trial, const struct node *node)
{
    const struct node *parts = node_get(node, "join");
    const char *text = parts == NULL ? node->text : "";
    for (const struct node *one = parts != NULL ? parts->first : NULL; one != NULL; one = one->next)
        text = trial_text(trial, "%s%s", text, one->text);
    return text;
}

static void resolve_words(struct trial *trial, const struct node *words, struct call *call)
{
    char list[WORDS_SIZE];
    size_t used = 0;
    for (const struct node *one = words->first; one != NULL; one = one->next) {
        const char *text = word_of(trial, one);
        size_t size = strlen(text) + 1;
        if (used + size > sizeof list) {
            trial_broken(trial, CODE_TOO_LARGE, "the words of a program have at most %d bytes",
                         WORDS_SIZE);
            return;
        }
        memcpy(list + used, text, size);
        used += size;
        call->in.program.argv.number++;
    }
    call->in.program.argv.piece = text_piece(trial, list, used);
}

static void resolve_ready(struct trial *trial, const struct node *ready, struct call *call)
{
    const struct node *prints = ready != NULL ? node_get(ready, "prints") : NULL;
    if (prints != NULL)
        call->in.program.ready.piece = text_piece(trial, prints->text, prints->length + 1);
    call->in.program.ready.number = prints != NULL  ? READY_PRINTED
                                    : ready != NULL ? READY_LISTENING
                                                    : READY_AT_ONCE;
    call->in.program.port.number = trial->ports.server;
    call->datagram = trial->variant->file->transport == TRANSPORT_UDP;
}

/* --- faults -------------------------------------------------------------------------------- */

static bool has_faults(const struct trial *trial, const char *actor)
{
    bool any = false;
    for (size_t i = 0; i < trial->variant->fault_count; i++)
        any = any || (trial->variant->faults[i].call != NULL &&
                      node_is(trial->variant->faults[i].by, actor));
    return any;
}

/* One that is named by a descriptor of ours, for its path has spaces, gets a name beside what else
   the program is given: a program does not reach into us. */
static const char *name_object(struct trial *trial, const char *scratch, const char *object)
{
    char whole[PATH_MAX];
    bool ours = strncmp(object, "/proc/", strlen("/proc/")) == 0;
    ssize_t length = ours ? readlink(object, whole, sizeof whole - 1) : -1;
    const char *name =
        trial_text(trial, "%s/interposer.%zu", scratch, trial->programs.watched_count);
    if (length > 0)
        whole[length] = '\0';
    return length > 0 && symlink(whole, name) == 0 ? name : trial_text(trial, "%s", object);
}

/* Puts the interposer before the program, when a fault of the case is about it or all is recorded.
 */
static void resolve_faults(struct trial *trial, const struct pending *pending, struct call *call,
                           const char *program)
{
    char object[PATH_MAX];
    bool wanted = has_faults(trial, pending->member->name) || trial->stage->recording;
    const char *scratch = wanted ? builtin_scratch(trial) : NULL;
    if (scratch == NULL)
        return;
    if (trial->programs.watched_count == WATCHED_MAX) {
        trial_broken(trial, CODE_TOO_MANY, "a case runs at most %d programs under faults",
                     WATCHED_MAX);
        return;
    }
    const char *path = trial_text(trial, "%s/control.%zu", scratch, trial->programs.watched_count);
    struct control *control = launch_control(path, NULL);
    if (control == NULL || !launch_object(object, sizeof object)) {
        trial_broken(trial, CODE_NO_INTERPOSER, "no interposer for the program: %s",
                     strerror(errno));
        return;
    }
    const char *name = name_object(trial, scratch, object);
    withheld_add(control, sizeof *control); /* who runs it maps it by its path */
    control->plan = trial->stage->shared->plan;
    snprintf(control->actor, sizeof control->actor, "%s", pending->member->name);
    control->recording = trial->stage->recording;
    control->watching = true;
    trial->programs.watched[trial->programs.watched_count++] =
        (struct watched){.actor = pending->member->name,
                         .step = pending->step != NULL ? pending->step->number : 0,
                         .program = program,
                         .control = control};
    call->in.program.control.piece = text_piece(trial, path, strlen(path) + 1);
    call->in.program.object.piece = text_piece(trial, name, strlen(name) + 1);
}

static void prepare_run(const struct preparation *p)
{
    struct trial *trial = p->trial;
    weight_begin(trial);
    resolve_words(trial, p->step->param[0], p->call);
    if (trial_good(trial))
        resolve_ready(trial, p->step->param[1], p->call);
    if (trial_good(trial))
        resolve_faults(trial, p->pending, p->call, word_of(trial, p->step->param[0]->first));
    p->call->out = memory_new(trial, SAID_ROOM);
    p->call->out2 = memory_new(trial, SAID_ROOM);
}

/* --- what it is: the actor ------------------------------------------------------------------- */

struct child {
    char path[PATH_MAX];
    char *argv[WORDS_MAX + 1];
    char **envp;
    char preload[PATH_MAX + 32], control[PATH_MAX + 32];
    int out, err; /* memory that holds what it says */
    pid_t pid;
};

/* NUL-separated words, one after the other. */
static void read_words(const struct act *act, struct child *child)
{
    char *at = act_bytes(act, &act->call->in.program.argv);
    int64_t count = act->call->in.program.argv.number;
    for (int64_t i = 0; i < count && i < WORDS_MAX; i++) {
        child->argv[i] = at;
        at += strlen(at) + 1;
    }
}

/* The actor's own, and what the interposer asks for. */
static void read_environment(const struct act *act, struct child *child)
{
    const char *control = act_bytes(act, &act->call->in.program.control);
    const char *object = act_bytes(act, &act->call->in.program.object);
    size_t room = 3, count = 0;
    for (char **one = environ; *one != NULL; one++)
        room++;
    child->envp = arena_must(calloc(room, sizeof *child->envp));
    for (char **one = environ; *one != NULL; one++)
        if (strncmp(*one, "LD_PRELOAD=", 11) != 0 && strncmp(*one, "SOCKPROOF_", 10) != 0)
            child->envp[count++] = *one;
    if (control == NULL)
        return;
    snprintf(child->preload, sizeof child->preload, "LD_PRELOAD=%s", object);
    snprintf(child->control, sizeof child->control, "SOCKPROOF_CONTROL=%s", control);
    child->envp[count++] = child->preload;
    child->envp[count++] = child->control;
}

static _Noreturn void become(const struct act *act, const struct child *child, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(126);
    if (dup2(child->out, STDOUT_FILENO) < 0 || dup2(child->err, STDERR_FILENO) < 0) {
        act->call->lacked = errno;
        _exit(126);
    }
    signal(SIGXFSZ, SIG_DFL); /* which the supervisor ignores */
    setpgid(0, 0);
    expendable_offer(EXPENDABLE_PROGRAM);
    close_range(3, ~0U, 0);
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        fence_begin(); /* who is no root there has nothing to give up */
    execve(child->path, child->argv, child->envp);
    _exit(127);
}

static bool begin(const struct act *act, struct child *child)
{
    read_words(act, child);
    read_environment(act, child);
    if (!program_find(child->argv[0], child->path, sizeof child->path))
        snprintf(child->path, sizeof child->path, "%s", child->argv[0]);
    child->out = memfd_create("stdout", MFD_CLOEXEC);
    child->err = memfd_create("stderr", MFD_CLOEXEC);
    pid_t parent = getpid();
    child->pid = child->out >= 0 && child->err >= 0 ? fork() : -1;
    if (child->pid == 0)
        become(act, child, parent);
    if (child->pid < 0)
        act->call->lacked = errno;
    act_free(child->envp);
    if (child->pid > 0) /* whoever is first: the group is there when it is ended */
        setpgid(child->pid, child->pid);
    if (child->pid > 0)
        atomic_store(&act->call->program, child->pid);
    return child->pid > 0;
}

/* --- readiness ----------------------------------------------------------------------------- */

static bool holds(int memory, const char *text)
{
    off_t size = lseek(memory, 0, SEEK_END);
    void *bytes = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, memory, 0) : NULL;
    bool found = bytes != NULL && bytes != MAP_FAILED &&
                 memmem(bytes, (size_t)size, text, strlen(text)) != NULL;
    if (bytes != NULL && bytes != MAP_FAILED)
        munmap(bytes, (size_t)size);
    return found;
}

static bool is_ready(const struct act *act, const struct child *child)
{
    const char *text = act_bytes(act, &act->call->in.program.ready);
    if (act->call->in.program.ready.number == READY_LISTENING)
        return port_listens("/proc/self", (unsigned)act->call->in.program.port.number,
                            act->call->datagram);
    return text != NULL && (holds(child->out, text) || holds(child->err, text));
}

static uint64_t said_there(int memory)
{
    struct stat status = {.st_size = 0};
    fstat(memory, &status);
    return (uint64_t)status.st_size;
}

/* What it says lies in memory: it is ended before that is full, with all that it has made. */
static bool stop_excess(const struct act *act, const struct child *child)
{
    act->call->overfull = said_there(child->out) + said_there(child->err) > SAID_MOST;
    if (act->call->overfull)
        kill(-child->pid, SIGKILL);
    return act->call->overfull;
}

/* Waits for the program's end; until it is ready, looks for that in between. The kernel has no
   event for a socket of another process that begins to listen. */
static void await(const struct act *act, const struct child *child)
{
    bool ready = act->call->in.program.ready.number == READY_AT_ONCE;
    bool ended = false;
    while (!ready && !ended && !stop_excess(act, child)) {
        ready = is_ready(act, child);
        ended = !ready && demise_within(child->pid, LOOK_MS);
    }
    if (ready)
        atomic_store(&act->call->ready, 1);
    while (!ended && !stop_excess(act, child))
        ended = demise_within(child->pid, WATCH_MS);
}

/* --- the end ------------------------------------------------------------------------------- */

/* What was said, as far as there is room; unkept: the bytes beyond. */
static uint64_t take(int memory, void *out, size_t room, uint64_t *unkept)
{
    ssize_t got = pread(memory, out, room, 0);
    uint64_t kept = got > 0 ? (uint64_t)got : 0, all = said_there(memory);
    *unkept = all > kept ? all - kept : 0;
    close(memory);
    return kept;
}

static int64_t perform_run(struct act *act)
{
    struct call *call = act->call;
    struct child child = {.pid = -1};
    int status = 0;
    if (!begin(act, &child))
        return -1;
    await(act, &child);
    while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
        continue;
    kill(-child.pid, SIGKILL); /* what it left behind */
    call->size =
        take(child.out, shared_at(act->actor->shared, call->out), call->out.size, &call->unkept[0]);
    call->size2 = take(child.err, shared_at(act->actor->shared, call->out2), call->out2.size,
                       &call->unkept[1]);
    call->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    errno = 0; /* no call of the actor has failed */
    return WIFSIGNALED(status) ? -1 : WEXITSTATUS(status);
}

static void end_run(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    if (call->overfull)
        trial_broken(trial, CODE_TOO_LARGE,
                     "the program of '%s' said more than the %d bytes that are kept, and was ended",
                     pending->member->name, SAID_MOST);
}

static const struct account account_run = {NULL, end_run};

#ifdef SOCKPROOF_RELAY /* programs are started where the worker is */
OPS_OF_WORKER(run, NULL);
#else
OPS(run, prepare_run, perform_run, any_success, &account_run, no_value);
#endif
