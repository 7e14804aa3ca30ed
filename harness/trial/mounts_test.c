/* SPDX-License-Identifier: MIT */
#include "trial/mounts.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct mounts mounts;
static char folder[] = "/tmp/sockproof-mounts-XXXXXX";

static void begin(void)
{
    cr_assert_not_null(mkdtemp(folder));
}

static void end(void)
{
    char below[64];
    snprintf(below, sizeof below, "%s/below", folder);
    rmdir(below);
    rmdir(folder);
}

TestSuite(mounts, .init = begin, .fini = end);

Test(mounts, what_is_seen_anyway_is_not_kept)
{
    cr_assert(mounts_keep(&mounts, "/usr", false));
    cr_assert(mounts_keep(&mounts, "/tmp", false));
    cr_assert_eq(mounts.count, 0);
    cr_assert(mounts_keep(&mounts, folder, false));
    cr_assert_eq(mounts.count, 1);
    cr_assert_str_eq(mounts.kept[0].path, folder);
    cr_assert(mounts_keep(&mounts, folder, false));
    cr_assert_eq(mounts.count, 1);
}

Test(mounts, what_is_written_to_is_kept_wherever_it_lies)
{
    char below[64];
    snprintf(below, sizeof below, "%s/below", folder);
    cr_assert_eq(mkdir(below, 0700), 0);
    cr_assert(mounts_keep(&mounts, folder, false));
    cr_assert(mounts_keep(&mounts, below, true));
    cr_assert(mounts_keep(&mounts, "/usr", true));
    cr_assert_eq(mounts.count, 3);
    cr_assert(!mounts.kept[0].writable && mounts.kept[1].writable && mounts.kept[2].writable);
}

Test(mounts, there_is_an_end_to_it)
{
    cr_assert_not(mounts_keep(&mounts, "/tmp/none/of/these", false));
    cr_assert_eq(errno, ENOENT);
    for (int i = 0; i < MOUNTS_KEPT; i++)
        cr_assert(mounts_keep(&mounts, folder, true));
    cr_assert_not(mounts_keep(&mounts, folder, true));
    cr_assert_eq(errno, ENOSPC);
}
