/* SPDX-License-Identifier: MIT */
#include "preload/control.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

const char *control_unseen_text(enum unseen_why why)
{
    static const char *const texts[UNSEEN_COUNT] = {
        [UNSEEN_STATIC] = "is statically linked",
        [UNSEEN_GO] = "is a Go program, which makes its system calls itself",
        [UNSEEN_IDENTITY] = "is set-uid, set-gid or has capabilities, and takes no library from us",
        [UNSEEN_CLASS] = "is no 64-bit program",
        [UNSEEN_ENVIRONMENT] = "was started without us in its LD_PRELOAD",
        [UNSEEN_REACH] = ("was started where the interposer cannot be opened (another root, or no "
                          "right to its folder)"),
        [UNSEEN_LIBRARY] = "is made for another C library than the interposer"};
    return why < UNSEEN_COUNT ? texts[why] : NULL;
}

static int by_chance(const void *a, const void *b)
{
    const struct control_replay *left = a, *right = b;
    int order = left->identity < right->identity ? -1 : left->identity > right->identity;
    if (order == 0)
        order = left->counter < right->counter ? -1 : left->counter > right->counter;
    if (order == 0)
        order = left->fault < right->fault ? -1 : left->fault > right->fault;
    return order;
}

void control_sort_replay(struct control *control)
{
    qsort(control->replay, control->replay_count, sizeof *control->replay, by_chance);
}

bool control_replays(const struct control *control, size_t fault, uint64_t identity,
                     uint64_t counter)
{
    const struct control_replay wanted = {identity, counter, (uint32_t)fault};
    return bsearch(&wanted, control->replay, control->replay_count, sizeof wanted, by_chance) !=
           NULL;
}

const struct control_replay *control_next(const struct control *control, uint64_t identity,
                                          uint64_t counter)
{
    const struct control_replay wanted = {identity, counter, 0};
    size_t low = 0, high = control->replay_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_chance(&control->replay[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < control->replay_count && control->replay[low].identity == identity;
    return found ? &control->replay[low] : NULL;
}

/* --- records ------------------------------------------------------------------------------- */

void control_put(struct control *control, const struct control_record *record)
{
    uint64_t index = atomic_fetch_add(&control->used, 1);
    if (index < CONTROL_RECORDS) {
        struct control_record *out = &control->record[index];
        memcpy((char *)out + sizeof out->kind, (const char *)record + sizeof out->kind,
               sizeof *out - sizeof out->kind);
        atomic_store(&out->kind, atomic_load(&record->kind));
    }
}

uint64_t control_kept(const struct control *control)
{
    uint64_t used = atomic_load(&control->used);
    return used < CONTROL_RECORDS ? used : CONTROL_RECORDS;
}

/* --- processes ----------------------------------------------------------------------------- */

struct control_process *control_process_of(struct control *control, int32_t pid)
{
    struct control_process *found = NULL;
    for (size_t i = 0; i < CONTROL_PROCESSES && found == NULL; i++)
        if (atomic_load(&control->process[i].pid) == pid)
            found = &control->process[i];
    return found;
}

void control_put_death(struct control *control, struct control_record waited, int32_t pid,
                       int number)
{
    const struct control_process *dead = pid > 0 ? control_process_of(control, pid) : NULL;
    atomic_store(&waited.kind, RECORD_DIED);
    waited.fd = -1;
    waited.pid = pid;
    waited.number = number;
    if (dead != NULL)
        memcpy(waited.process, dead->lineage, LINEAGE);
    control_put(control, &waited);
}

bool control_told(const struct control *control, uint64_t before, int32_t pid)
{
    uint32_t last = RECORD_NONE;
    for (uint64_t i = before; i > 0 && last == RECORD_NONE; i--) {
        const struct control_record *one = &control->record[i - 1];
        uint32_t kind = atomic_load(&one->kind);
        if ((kind == RECORD_DIED || kind == RECORD_PROCESS) && one->pid == pid)
            last = kind;
    }
    return last == RECORD_DIED;
}

int control_crash(const struct control *control, uint64_t index)
{
    static const int crashes[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
    const struct control_record *one = &control->record[index];
    bool died = atomic_load(&one->kind) == RECORD_DIED, crash = false;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes && died && !crash; i++)
        crash = one->number == crashes[i];
    /* Who waits and leaves the status, or traces, is told of the same end as the parent. */
    bool again = crash && one->pid > 0 && control_told(control, index, one->pid);
    return crash && !again ? (int)one->number : 0;
}

void control_dead_name(const struct control *control, const struct control_record *record,
                       char out[PROCESS_NAME])
{
    const struct control_process *dead =
        record->pid > 0 ? control_process_of((struct control *)control, record->pid) : NULL;
    size_t length = dead != NULL ? strnlen(dead->name, PROCESS_NAME - 1) : 0;
    memset(out, '?', PROCESS_NAME);
    for (size_t i = 0; i < length; i++)
        if (dead->name[i] >= ' ' && dead->name[i] <= '~')
            out[i] = dead->name[i];
    out[length] = '\0';
}

/* --- what programs may have written --------------------------------------------------------- */

/* A name is digits, dots and slashes behind a letter or a digit; whatever else stands there is
 * none. */
static bool is_name(const char name[LINEAGE])
{
    bool good = memchr(name, '\0', LINEAGE) != NULL;
    for (size_t i = 0; good && name[i] != '\0'; i++)
        good = name[i] > ' ' && name[i] <= '~';
    return good;
}

bool control_sound(const struct control_record *record)
{
    uint32_t kind = atomic_load(&record->kind);
    return kind > RECORD_NONE && kind <= RECORD_DIED && record->point < POINT_COUNT &&
           record->fault < FAULT_MAX && is_name(record->process) && is_name(record->thread);
}

static void seal_plan(struct plan *plan, const struct plan *given)
{
    for (size_t i = 0; i < FAULT_MAX; i++) {
        uint64_t chances = atomic_load(&plan->fault[i].chances);
        uint64_t fired = atomic_load(&plan->fault[i].fired);
        plan->fault[i] = given->fault[i];
        atomic_store(&plan->fault[i].chances, chances);
        atomic_store(&plan->fault[i].fired, fired);
    }
    plan->count = given->count;
    plan->seed = given->seed;
}

void control_seal(struct control *control, const struct plan *given, const char *actor)
{
    uint64_t kept = control_kept(control);
    seal_plan(&control->plan, given);
    memset(control->actor, 0, sizeof control->actor);
    memcpy(control->actor, actor, strnlen(actor, sizeof control->actor - 1));
    for (uint64_t i = 0; i < kept; i++)
        if (!control_sound(&control->record[i]))
            atomic_store(&control->record[i].kind, RECORD_NONE);
    for (size_t i = 0; i < CONTROL_PROCESSES; i++)
        if (!is_name(control->process[i].lineage))
            memset(control->process[i].lineage, 0, LINEAGE);
    for (size_t i = 0; i < CONTROL_UNSEEN; i++) {
        struct control_unseen *one = &control->unseen[i];
        one->path[UNSEEN_PATH - 1] = '\0';
        if (atomic_load(&one->why) >= UNSEEN_COUNT || !is_name(one->process))
            atomic_store(&one->why, UNSEEN_NOT);
    }
}
