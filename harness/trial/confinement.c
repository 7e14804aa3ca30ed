/* SPDX-License-Identifier: MIT */
#include "trial/confinement.h"

#include "trial/forbidden.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534U
/* Where root's confined processes become other users, they are these outside: nobody's. */
#define OTHERS "1 1879048192 65534"
#define APART (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | SIGCHLD)

enum { OPEN_FOLDERS = 16 };

/* --- the parent's part --------------------------------------------------------------------- */

static bool write_to(pid_t pid, const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return good;
}

/* Who the child is outside, by user_namespaces(7): of an ordinary user's groups none may be given
   away, and no other user can be made. */
static bool give_identity(const struct confinement *confinement, pid_t pid)
{
    char users[64], groups[64];
    const char *others = confinement->others ? "\n" OTHERS : "";
    snprintf(users, sizeof users, "0 %u 1%s", confinement->drops ? NOBODY : (unsigned)geteuid(),
             others);
    snprintf(groups, sizeof groups, "0 %u 1%s", confinement->drops ? NOBODY : (unsigned)getegid(),
             others);
    return (confinement->others || write_to(pid, "setgroups", "deny")) &&
           write_to(pid, "uid_map", users) && write_to(pid, "gid_map", groups);
}

/* --- the child's part ---------------------------------------------------------------------- */

static int take_identity(const struct confinement *confinement)
{
    int status = 0;
    if (confinement->drops)
        status =
            setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0 ? -1 : 0;
    prctl(PR_SET_DUMPABLE, 1); /* a change of user has taken /proc/self away */
    return status;
}

/* The parent of the nested user namespace maps it: all ids that it has itself. */
static _Noreturn void map_nested(const struct confinement *confinement, const int go[2])
{
    char byte = 0;
    close(go[1]); /* else it would wait for itself where there is nothing to map */
    const char *ids = confinement->others ? "0 0 1\n1 1 65534" : "0 0 1";
    bool good = read(go[0], &byte, 1) == 1 &&
                (confinement->others || write_to(1, "setgroups", "deny")) &&
                write_to(1, "uid_map", ids) && write_to(1, "gid_map", ids);
    _exit(good ? 0 : 1);
}

/* A user namespace more, with a copy of the mounts: who has no rights over the first cannot change
   what was mounted there, nor look below it (mount_namespaces(7)). */
static bool nest(const struct confinement *confinement)
{
    int go[2], status = 1;
    if (pipe2(go, O_CLOEXEC) < 0)
        return false;
    pid_t helper = fork();
    if (helper == 0)
        map_nested(confinement, go);
    bool good = helper > 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    prctl(PR_SET_DUMPABLE, 1); /* for the helper: the change has taken /proc/1 away */
    good = good && write(go[1], "x", 1) == 1;
    int error = errno;
    close(go[0]);
    close(go[1]);
    while (helper > 0 && waitpid(helper, &status, 0) < 0 && errno == EINTR)
        continue;
    errno = good ? EPERM : error;
    return good && status == 0;
}

static void confine(const struct confinement *confinement, bool sandboxes, int go, char *why,
                    size_t size)
{
    char byte = 0;
    struct copies copies;
    const char *what = "the ids of a user namespace";
    errno = EPERM;
    bool good = read(go, &byte, 1) == 1;
    if (good) { /* still as who may come to what is kept */
        what = "open_tree of a folder that is kept";
        good = mounts_copy(&confinement->mounts, &copies) == 0;
    }
    if (good) {
        what = "becoming an ordinary user";
        good = take_identity(confinement) == 0;
    }
    good = good && mounts_seal(&confinement->mounts, &copies, &what) == 0;
    if (good) {
        what = "a nested user namespace";
        good = nest(confinement);
    }
    if (good) {
        what = "limits and a filter of calls";
        good = forbidden_begin(sandboxes) == 0;
    }
    if (!good)
        snprintf(why, size, "%s: %s", what, strerror(errno));
}

/* --- both ------------------------------------------------------------------------------------ */

/* The flags are of no use to fork(3), and clone(3) wants another stack. */
static pid_t fork_apart(const struct confinement *confinement, bool sandboxes, char *why,
                        size_t size)
{
    int go[2];
    if (pipe2(go, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = (pid_t)syscall(SYS_clone, APART, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        close(go[1]);
        confine(confinement, sandboxes, go[0], why, size);
    }
    if (pid > 0 && give_identity(confinement, pid) && write(go[1], "x", 1) != 1)
        errno = EPIPE; /* it has died, which its parent will see */
    int error = errno;
    close(go[0]);
    if (pid != 0)
        close(go[1]);
    errno = error;
    return pid;
}

pid_t confinement_fork(const struct confinement *confinement, bool sandboxes, char *why,
                       size_t size)
{
    why[0] = '\0';
    return confinement->able ? fork_apart(confinement, sandboxes, why, size) : fork();
}

/* --- trying ---------------------------------------------------------------------------------- */

/* What an ordinary user cannot reach, a worker that is one cannot use. */
static void look_at_kept(const struct mounts *mounts, char *why, size_t size)
{
    for (int i = 0; i < mounts->count && why[0] == '\0'; i++) {
        const struct kept *kept = &mounts->kept[i];
        struct stat about;
        bool is_folder = stat(kept->path, &about) < 0 || S_ISDIR(about.st_mode);
        int use = R_OK | (is_folder ? X_OK : 0) | (kept->writable ? W_OK : 0);
        if (access(kept->path, use) < 0)
            snprintf(why, size, "%s: %s", kept->path, strerror(errno));
    }
}

static bool works(struct confinement *confinement)
{
    int ends[2], status = 0;
    char why[sizeof confinement->why] = "";
    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    fflush(NULL);
    pid_t pid = fork_apart(confinement, false, why, sizeof why);
    if (pid == 0) {
        if (why[0] == '\0')
            look_at_kept(&confinement->mounts, why, sizeof why);
        _exit(write(ends[1], why, sizeof why) == (ssize_t)sizeof why ? 0 : 1);
    }
    snprintf(confinement->why, sizeof confinement->why, "clone(2) with namespaces: %s",
             pid < 0 ? strerror(errno) : "the process died");
    close(ends[1]);
    if (pid > 0 && read(ends[0], why, sizeof why) == (ssize_t)sizeof why)
        memcpy(confinement->why, why, sizeof why);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(ends[0]);
    return confinement->why[0] == '\0';
}

static uid_t new_owner;

static int give_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return lchown(path, new_owner, new_owner) < 0 ? 0 : 0; /* what cannot be given stays as it is */
}

static void give_kept(const struct confinement *confinement, uid_t owner)
{
    new_owner = owner;
    for (int i = 0; i < confinement->mounts.count; i++)
        if (confinement->mounts.kept[i].writable)
            nftw(confinement->mounts.kept[i].path, give_one, OPEN_FOLDERS, FTW_PHYS);
}

void confinement_try(struct confinement *confinement)
{
    confinement->others = confinement->drops = geteuid() == 0;
    if (confinement->drops)
        give_kept(confinement, NOBODY);
    confinement->able = works(confinement);
    if (!confinement->able && confinement->drops) {
        give_kept(confinement, geteuid());
        confinement->drops = false;
        confinement->mounts.bare = true;
        memcpy(confinement->stays_root, confinement->why, sizeof confinement->stays_root);
        confinement->able = works(confinement);
    }
}

void confinement_end(const struct confinement *confinement)
{
    if (confinement->drops)
        give_kept(confinement, geteuid());
}
