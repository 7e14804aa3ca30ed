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

void entry_write(const struct control_record *record)
{
    int kept = errno;
    uint64_t index = atomic_fetch_add(&shared->used, 1);
    if (index < CONTROL_RECORDS) {
        struct control_record *out = &shared->record[index];
        memcpy((char *)out + sizeof out->kind, (const char *)record + sizeof out->kind,
               sizeof *out - sizeof out->kind);
        out->at_ns = clock_told_ns(); /* a sandbox may kill who asks the kernel itself */
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
