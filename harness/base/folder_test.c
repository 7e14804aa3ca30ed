/* SPDX-License-Identifier: MIT */
#include "base/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char here[] = "/tmp/sockproof-folder-XXXXXX";

static int drop(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    (void)status, (void)kind, (void)at;
    return remove(path);
}

static void enter(void)
{
    cr_assert_not_null(mkdtemp(here));
    cr_assert_eq(chdir(here), 0);
}

static void leave(void)
{
    nftw(here, drop, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(folder, .init = enter, .fini = leave);

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

Test(folder, those_above_are_made_as_well)
{
    cr_assert(folder_make("one/two/three"));
    cr_assert(is_folder("one/two/three"));
    char whole[64];
    snprintf(whole, sizeof whole, "%s/from/the/root", here);
    cr_assert(folder_make(whole));
    cr_assert(is_folder("from/the/root"));
}

Test(folder, one_that_is_there_stays)
{
    cr_assert(folder_make("one/two"));
    close(open("one/two/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
    cr_assert(folder_make("one/two"));
    cr_assert_eq(access("one/two/file", F_OK), 0);
}

Test(folder, below_a_file_there_is_none)
{
    close(open("file", O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
    errno = 0;
    cr_assert_not(folder_make("file/below"));
    cr_assert_eq(errno, ENOTDIR);
}
