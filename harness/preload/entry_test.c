/* SPDX-License-Identifier: MIT */
#include "preload/entry.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct control control;

TestSuite(entry, .timeout = 10);

Test(entry, an_entry_says_who_and_when)
{
    struct control_record record = {.kind = RECORD_FIRED, .fd = 7, .fault = 3, .number = -5};
    entry_open(&control);
    errno = EXDEV;
    entry_write(&record);
    cr_assert_eq(errno, EXDEV);
    const struct control_record *out = &control.record[0];
    cr_assert_eq(control.used, 1);
    cr_assert_eq(out->kind, RECORD_FIRED);
    cr_assert_eq(out->fd, 7);
    cr_assert_eq(out->fault, 3);
    cr_assert_eq(out->number, -5);
    cr_assert_eq(out->pid, getpid());
    cr_assert_gt(out->at_ns, 0);
    entry_process();
    cr_assert_eq(control.record[1].kind, RECORD_PROCESS);
    cr_assert_geq(control.record[1].at_ns, out->at_ns);
}

/* What has no room is counted, and nothing behind the log is written to. */
Test(entry, a_full_log_counts_what_it_loses)
{
    struct control_record record = {.kind = RECORD_REACHED};
    entry_open(&control);
    control.used = CONTROL_RECORDS - 1;
    entry_write(&record);
    entry_write(&record);
    entry_write(&record);
    cr_assert_eq(control.used, CONTROL_RECORDS + 2);
    cr_assert_eq(control.record[CONTROL_RECORDS - 1].kind, RECORD_REACHED);
}
