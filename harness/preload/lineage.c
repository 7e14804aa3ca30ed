/* SPDX-License-Identifier: MIT */
#include "preload/lineage.h"

#include "base/hash.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

/*
 * Theory of operation. A process is found in the control file by its number: a fork writes the
 * child's name there from the child, and an exec keeps the number. A process that nobody wrote down
 * came from vfork or posix_spawn: its parent's row says how many of these there were before. The
 * text is built by hand: snprintf may allocate, and a signal handler may come here.
 */
static struct control *shared;
static void (*tell_began)(void);
static char process[LINEAGE], name_here[PROCESS_NAME];
static _Atomic pid_t own; /* this process, as we know it */
static uint64_t process_hash;
static _Atomic uint32_t forks, strangers;
static _Thread_local uint32_t fork_number;
static _Thread_local struct lineage mine;

/* "0.1" and 2 with '.' give "0.1.2"; what does not fit is hashed into the last places. */
static void append(char out[LINEAGE], const char *parent, char mark, uint32_t number)
{
    char digits[12];
    size_t count = 0, length = strnlen(parent, LINEAGE - 1);
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    if (length + count + 2 > LINEAGE) {
        uint64_t hash = hash_bytes(number, parent, length);
        length = 9;
        memmove(out, parent, 1);
        for (size_t i = 1; i < length; i++, hash >>= 4)
            out[i] = "0123456789abcdef"[hash & 15];
    } else {
        memmove(out, parent, length);
    }
    out[length++] = mark;
    while (count > 0)
        out[length++] = digits[--count];
    out[length] = '\0';
}

/* The row of a number that nobody holds any more is taken over: its first holder is gone. */
static void write_down(int32_t pid)
{
    struct control_process *row = control_process_of(shared, pid);
    for (size_t i = 0; i < CONTROL_PROCESSES && row == NULL; i++) {
        int32_t none = 0;
        if (atomic_compare_exchange_strong(&shared->process[i].pid, &none, pid))
            row = &shared->process[i];
    }
    if (row != NULL) {
        atomic_store(&row->children, 0);
        memcpy(row->lineage, process, LINEAGE);
        memcpy(row->name, name_here, PROCESS_NAME);
    }
}

static void become(const char *parent, char mark, uint32_t number)
{
    append(process, parent, mark, number);
    process_hash = hash_bytes(1, process, strlen(process));
    memset(&mine, 0, sizeof mine);
    lineage_name("0");
    atomic_store(&own, getpid());
    write_down(atomic_load(&own));
}

static void take_name(const char *name)
{
    memset(name_here, 0, sizeof name_here);
    memcpy(name_here, name, strnlen(name, sizeof name_here - 1));
}

void lineage_executes(const char *path)
{
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    const char *name = slash != NULL ? slash + 1 : path != NULL ? path : name_here;
    pid_t known = atomic_load(&own);
    struct control_process *row =
        known != 0 && known == getpid() ? control_process_of(shared, known) : NULL;
    if (row == NULL)
        return;
    memset(row->name, 0, PROCESS_NAME);
    memcpy(row->name, name, strnlen(name, PROCESS_NAME - 1));
}

void lineage_forks(void)
{
    fork_number = atomic_fetch_add(&forks, 1) + 1;
}

void lineage_forked(void)
{
    char parent[LINEAGE];
    memcpy(parent, process, LINEAGE);
    atomic_store(&forks, 0);
    become(parent, '.', fork_number);
    tell_began();
}

void lineage_open(struct control *control, void (*began)(void))
{
    shared = control;
    tell_began = began;
    take_name(program_invocation_short_name);
    struct control_process *row = control_process_of(shared, getpid());
    struct control_process *parent = row == NULL ? control_process_of(shared, getppid()) : NULL;
    if (row != NULL) { /* an exec in a forked child, or the first program */
        memcpy(process, row->lineage, LINEAGE);
        memcpy(row->name, name_here, PROCESS_NAME);
        process_hash = hash_bytes(1, process, strlen(process));
        atomic_store(&own, getpid());
        lineage_name("0");
    } else if (parent != NULL) {
        become(parent->lineage, '/', atomic_fetch_add(&parent->children, 1) + 1);
    } else {
        become("x", '/', atomic_fetch_add(&shared->orphans, 1) + 1);
    }
    pthread_atfork(lineage_forks, NULL, lineage_forked);
}

struct lineage *lineage_mine(void)
{
    if (mine.hash == 0) { /* a thread that the library made for itself */
        char name[LINEAGE];
        append(name, "x", '/', atomic_fetch_add(&strangers, 1) + 1);
        lineage_name(name);
    }
    return &mine;
}

bool lineage_borrowed(void)
{
    pid_t known = atomic_load(&own);
    return known != 0 && known != getpid();
}

const char *lineage_process(void)
{
    return process;
}

uint64_t lineage_process_hash(void)
{
    return process_hash;
}

void lineage_child(char out[LINEAGE])
{
    struct lineage *parent = lineage_mine();
    append(out, parent->text, '.', ++parent->threads);
}

void lineage_name(const char *name)
{
    memset(mine.text, 0, LINEAGE);
    memcpy(mine.text, name, strnlen(name, LINEAGE - 1));
    mine.hash = hash_bytes(process_hash, mine.text, strlen(mine.text)) | 1;
}
