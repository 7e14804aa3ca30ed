/* SPDX-License-Identifier: MIT */
#include "trial/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is everybody's. A server's data fit in; more would be the machine's memory. */
static const struct hidden {
    const char *path, *options;
} hidden[] = {{"/tmp", "mode=1777,size=1g"},
              {"/var/tmp", "mode=1777,size=256m"},
              {"/dev/shm", "mode=1777,size=1g"},
              {"/run", "mode=755,size=64m"}};

enum { HIDDEN = sizeof hidden / sizeof *hidden };

/* What of /proc is the machine's, in the order in which they are laid over each other: a host's own
   settings stay its to change. */
static const struct part {
    const char *path;
    bool writable;
} parts[] = {{"/proc/sys", false},
             {"/proc/sys/net", true},
             {"/proc/sysrq-trigger", false},
             {"/proc/irq", false},
             {"/proc/bus", false}};

enum { PARTS = sizeof parts / sizeof *parts };

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* What lies below one of them; they themselves are never shown. */
static bool is_hidden(const char *path)
{
    bool found = false;
    for (int i = 0; i < HIDDEN && !found; i++)
        found = is_below(path, hidden[i].path) && strcmp(path, hidden[i].path) != 0;
    return found;
}

bool mounts_keep(struct mounts *mounts, const char *path, bool writable)
{
    char whole[PATH_MAX];
    bool there = realpath(path, whole) != NULL;
    bool needed = there && (writable || is_hidden(whole));
    for (int i = 0; i < mounts->count && needed && !writable; i++)
        needed = !is_below(whole, mounts->kept[i].path);
    if (!needed)
        return there;
    if (mounts->count == MOUNTS_KEPT) {
        errno = ENOSPC;
        return false;
    }
    struct kept *kept = &mounts->kept[mounts->count++];
    memcpy(kept->path, whole, sizeof whole);
    kept->writable = writable;
    return true;
}

static int forbid_writing(int fd, const char *path, unsigned flags)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID};
    return mount_setattr(fd, path, flags, &attr, sizeof attr);
}

/* A copy of what is there, not yet anywhere; -1 with errno. */
static int copy_of(const char *path, bool writable)
{
    int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (fd >= 0 && !writable && forbid_writing(fd, "", AT_EMPTY_PATH | AT_RECURSIVE) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        fd = -1;
    }
    return fd;
}

static int put(int copy, const char *path)
{
    return move_mount(copy, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
}

/* The folders down to path, which may be there. */
static void make_way(const char *path)
{
    char part[PATH_MAX];
    for (const char *at = path; at != NULL; at = strchr(at + 1, '/')) {
        const char *end = strchr(at + 1, '/');
        size_t length = end != NULL ? (size_t)(end - path) : strlen(path);
        snprintf(part, sizeof part, "%.*s", (int)length, path);
        mkdir(part, 0755);
    }
}

static int hide_all(void)
{
    int status = 0;
    struct stat about;
    for (int i = 0; i < HIDDEN && status == 0; i++)
        if (lstat(hidden[i].path, &about) == 0 && S_ISDIR(about.st_mode))
            status =
                mount("tmpfs", hidden[i].path, "tmpfs", MS_NOSUID | MS_NODEV, hidden[i].options);
    return status;
}

/* One of /proc that this kernel does not have needs no lock. */
static int seal_proc(void)
{
    int copies[PARTS];
    int status = mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    for (int i = 0; i < PARTS; i++)
        copies[i] = status == 0 ? copy_of(parts[i].path, parts[i].writable) : -1;
    for (int i = 0; i < PARTS; i++) {
        if (copies[i] >= 0 && status == 0)
            status = put(copies[i], parts[i].path);
        if (copies[i] >= 0)
            close(copies[i]);
    }
    return status;
}

static int seal_files(void)
{
    struct mount_attr alone = {.propagation = MS_PRIVATE};
    return mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &alone, sizeof alone) < 0
               ? -1
               : forbid_writing(AT_FDCWD, "/", AT_RECURSIVE);
}

/* What was copied before the files were sealed and hidden comes back where it was; what is written
   to over what is only read. */
static int show_kept(const struct mounts *mounts, const int *copies)
{
    int status = 0;
    for (int i = 0; i < 2 * mounts->count && status == 0; i++) {
        int at = i % mounts->count;
        if (mounts->kept[at].writable != (i >= mounts->count))
            continue;
        make_way(mounts->kept[at].path);
        status = put(copies[at], mounts->kept[at].path);
    }
    return status;
}

/* The caller stands where it stood: in what is there now. */
static int step_over(void)
{
    char here[PATH_MAX];
    return getcwd(here, sizeof here) != NULL && chdir(here) == 0 ? 0 : chdir("/");
}

int mounts_seal(const struct mounts *mounts, const char **what)
{
    int copies[MOUNTS_KEPT];
    int status = 0;
    memset(copies, 0xff, sizeof copies); /* none yet: -1 */
    *what = "open_tree of a folder that is kept";
    for (int i = 0; i < mounts->count; i++) {
        copies[i] = copy_of(mounts->kept[i].path, mounts->kept[i].writable);
        status = copies[i] < 0 ? -1 : status;
    }
    const struct {
        const char *what;
        int (*take)(void);
    } steps[] = {{"mount_setattr(/)", seal_files}, {"mounting tmpfs", hide_all}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps && status == 0; i++) {
        *what = steps[i].what;
        status = steps[i].take();
    }
    if (status == 0) {
        *what = "move_mount of a folder that is kept";
        status = show_kept(mounts, copies);
    }
    if (status == 0) {
        *what = "mounting /proc";
        status = seal_proc() < 0 ? -1 : step_over();
    }
    int error = errno;
    for (int i = 0; i < mounts->count; i++)
        if (copies[i] >= 0)
            close(copies[i]);
    errno = error;
    return status;
}
