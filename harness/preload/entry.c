/* SPDX-License-Identifier: MIT */
#include "preload/entry.h"

#include "base/clock.h"
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

void entry_prepare(struct control_record *record)
{
    int kept = errno;
    record->at_ns = clock_told_ns(); /* a sandbox may kill who asks the kernel itself */
    record->pid = getpid();
    record->tid = gettid();
    memcpy(record->process, lineage_process(), LINEAGE);
    memcpy(record->thread, lineage_mine()->text, LINEAGE);
    errno = kept;
}

void entry_put(const struct control_record *record)
{
    uint64_t index = atomic_fetch_add(&shared->used, 1);
    if (index < CONTROL_RECORDS) {
        struct control_record *out = &shared->record[index];
        memcpy((char *)out + sizeof out->kind, (const char *)record + sizeof out->kind,
               sizeof *out - sizeof out->kind);
        atomic_store(&out->kind, atomic_load(&record->kind));
    }
}

void entry_write(const struct control_record *record)
{
    struct control_record whole = *record;
    entry_prepare(&whole);
    entry_put(&whole);
}

void entry_process(void)
{
    struct control_record record = {.kind = RECORD_PROCESS, .fd = -1};
    entry_write(&record);
}
