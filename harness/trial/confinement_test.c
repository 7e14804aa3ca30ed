/* SPDX-License-Identifier: MIT */
#include "trial/confinement.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct confinement confinement;
static char open_folder[] = "/tmp/sockproof-open-XXXXXX";

static void begin(void)
{
    cr_assert(mkdtemp(open_folder) != NULL && mounts_keep(&confinement.mounts, open_folder, true));
    confinement_try(&confinement);
    if (!confinement.able)
        cr_log_warn("not to be had here: %s", confinement.why);
}

static void end(void)
{
    confinement_end(&confinement);
    rmdir(open_folder);
}

TestSuite(confinement, .init = begin, .fini = end);

/* The exit status of a confined process that does that. */
static int status_of(int (*body)(void))
{
    char why[256];
    int status = 0;
    pid_t child = confinement_fork(&confinement, false, why, sizeof why);
    if (child == 0)
        _exit(why[0] != '\0' ? 99 : body());
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status), "%#x", status);
    return WEXITSTATUS(status);
}

/* 0, or the errno of making a file. */
static int make(const char *folder)
{
    char path[64];
    snprintf(path, sizeof path, "%s/made", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int error = fd >= 0 ? 0 : errno;
    close(fd);
    return error;
}

static int writes_etc(void)
{
    return make("/etc");
}

static int writes_tmp(void)
{
    return make("/tmp");
}

static int writes_kept(void)
{
    return make(open_folder);
}

static int is_first(void)
{
    return getpid() == 1 && access("/proc/1/exe", F_OK) == 0 && access("/proc/self/stat", R_OK) == 0
               ? 0
               : 1;
}

Test(confinement, what_is_kept_alone_is_written)
{
    struct stat about;
    char path[64];
    if (!confinement.able)
        cr_skip_test("namespaces are refused here");
    cr_assert_eq(status_of(is_first), 0);
    cr_assert_eq(status_of(writes_etc), EROFS);
    cr_assert_eq(status_of(writes_tmp), 0);
    cr_assert_neq(access("/tmp/made", F_OK), 0);
    cr_assert_eq(status_of(writes_kept), 0);
    confinement_end(&confinement);
    snprintf(path, sizeof path, "%s/made", open_folder);
    cr_assert_eq(stat(path, &about), 0);
    cr_assert_eq(about.st_uid, geteuid());
    unlink(path);
}

static int writes_and_sees(void)
{
    bool before = mounts_written();
    make("/tmp");
    bool now = mounts_written();
    return !before && now && unlink("/tmp/made") == 0 && !mounts_written() ? 0 : 1;
}

Test(confinement, what_lies_in_its_own_folders_is_seen)
{
    if (!confinement.able)
        cr_skip_test("namespaces are refused here");
    cr_assert_eq(status_of(writes_and_sees), 0);
    cr_assert_not(mounts_written());
}

/* Leaves one behind that has nothing to do with it any more, and tells its end of the pipe. */
static int leaves(int out)
{
    if (fork() > 0)
        return 0;
    setsid();
    if (fork() > 0)
        _exit(0);
    ssize_t told = write(out, "x", 1);
    if (told == 1)
        for (;;)
            pause();
    _exit(1);
}

Test(confinement, its_end_is_that_of_all_that_came_from_it)
{
    char why[256], byte = 0;
    int ends[2];
    if (!confinement.able)
        cr_skip_test("namespaces are refused here");
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = confinement_fork(&confinement, false, why, sizeof why);
    if (child == 0) {
        close(ends[0]);
        leaves(ends[1]);
        for (;;)
            pause();
    }
    close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 1);
    kill(child, SIGKILL);
    cr_assert_eq(waitpid(child, NULL, 0), child);
    cr_assert_eq(read(ends[0], &byte, 1), 0, "somebody still holds the pipe");
}

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return good;
}

/* An ordinary user in a user namespace of its own, in which there may be one more and no two. */
static bool may_have_one(void)
{
    char users[64], groups[64];
    snprintf(users, sizeof users, "1000 %u 1", (unsigned)geteuid());
    snprintf(groups, sizeof groups, "1000 %u 1", (unsigned)getegid());
    return unshare(CLONE_NEWUSER) == 0 && write_text("/proc/self/setgroups", "deny") &&
           write_text("/proc/self/uid_map", users) && write_text("/proc/self/gid_map", groups) &&
           write_text("/proc/sys/user/max_user_namespaces", "1");
}

Test(confinement, where_no_namespace_is_left_to_nest_it_is_not_to_be_had, .timeout = 30)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        struct confinement few = {.able = true};
        if (!may_have_one())
            _exit(77);
        confinement_try(&few);
        _exit(!few.able && strstr(few.why, "a nested user namespace") != NULL ? 0 : 1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        cr_skip_test("namespaces are refused here");
    cr_assert_eq(status, 0, "%#x", status);
}

Test(confinement, where_it_is_not_to_be_had_a_process_is_an_ordinary_one)
{
    confinement.able = false;
    cr_assert_eq(status_of(is_first), 1);
}
