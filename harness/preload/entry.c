#include "preload/entry.h"

#include "preload/lineage.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct control *shared;

void entry_open(struct control *control)
{
    shared = control;
}

void entry_write(const struct control_record *record)
{
    int kept = errno;
    struct timespec now;
    uint64_t index = atomic_fetch_add(&shared->used, 1);
    if (index < CONTROL_RECORDS) {
        struct control_record *out = &shared->record[index];
        clock_gettime(CLOCK_MONOTONIC, &now);
        memcpy((char *)out + sizeof out->kind, (const char *)record + sizeof out->kind,
               sizeof *out - sizeof out->kind);
        out->at_ns = (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
        out->pid = getpid();
        out->tid = gettid();
        memcpy(out->process, lineage_process(), LINEAGE);
        memcpy(out->thread, lineage_mine()->text, LINEAGE);
        atomic_store(&out->kind, atomic_load(&record->kind));
    }
    errno = kept;
}

void entry_process(void)
{
    struct control_record record = {.kind = RECORD_PROCESS, .fd = -1};
    entry_write(&record);
}
