/* SPDX-License-Identifier: MIT */
#include "preload/entry.h"

#include "base/clock.h"
#include "preload/lineage.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
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
    control_put(shared, record);
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

void entry_death(int32_t pid, int number)
{
    struct control_record record = {.kind = RECORD_DIED};
    entry_prepare(&record);
    control_put_death(shared, record, pid, number);
}

void entry_waited(const siginfo_t *told, int options)
{
    bool killed = told->si_code == CLD_KILLED || told->si_code == CLD_DUMPED;
    if ((options & (WEXITED | WNOWAIT)) == WEXITED && killed && told->si_pid > 0)
        entry_death(told->si_pid, told->si_status);
}
