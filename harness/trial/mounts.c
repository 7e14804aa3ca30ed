/* SPDX-License-Identifier: MIT */
#include "trial/mounts.h"

#include "trial/devices.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
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

/* --- what is kept -------------------------------------------------------------------------- */

/* The outermost folder above path that is root's, and that no other user may go through; false:
   there is none. Who is no root keeps its own rights. */
static bool is_barred(const char *path, char *out)
{
    struct stat about;
    bool barred = false;
    for (const char *end = strchr(path + 1, '/'); end != NULL && !barred && geteuid() == 0;
         end = strchr(end + 1, '/')) {
        snprintf(out, PATH_MAX, "%.*s", (int)(end - path), path);
        barred = stat(out, &about) == 0 && about.st_uid == 0 && (about.st_mode & S_IXOTH) == 0;
    }
    return barred;
}

/* A folder of root's that no other user may read, or go through. */
static bool is_closed(const char *path)
{
    const mode_t open = S_IROTH | S_IXOTH;
    struct stat about;
    return geteuid() == 0 && stat(path, &about) == 0 && S_ISDIR(about.st_mode) &&
           about.st_uid == 0 && (about.st_mode & open) != open;
}

static bool is_in(const struct listed *list, const char *path)
{
    bool found = false;
    for (int i = 0; i < list->count && !found; i++)
        found = strcmp(list->path[i], path) == 0;
    return found;
}

/* False without room for it. */
static bool add(struct listed *list, const char *path)
{
    bool there = is_in(list, path);
    if (!there && list->count < MOUNTS_LISTED) {
        snprintf(list->path[list->count++], PATH_MAX, "%s", path);
        there = true;
    }
    return there;
}

static bool keep(struct mounts *mounts, const char *path, bool writable, bool through)
{
    char whole[PATH_MAX], bar[PATH_MAX];
    bool there = realpath(path, whole) != NULL;
    bool barred = there && through && !is_hidden(whole) && is_barred(whole, bar);
    bool needed = there && (writable || barred || is_hidden(whole));
    for (int i = 0; i < mounts->count && needed && !writable; i++)
        needed = !is_below(whole, mounts->kept[i].path);
    needed = needed && (writable || !is_in(&mounts->split, whole));
    if (!needed)
        return there;
    if (mounts->count == MOUNTS_KEPT || (barred && !add(&mounts->covered, bar))) {
        errno = ENOSPC;
        return false;
    }
    struct kept *kept = &mounts->kept[mounts->count++];
    memcpy(kept->path, whole, sizeof whole);
    kept->writable = writable;
    return true;
}

bool mounts_keep(struct mounts *mounts, const char *path, bool writable)
{
    return keep(mounts, path, writable, writable);
}

/* One of what lies in a folder. False where the whole must do: it is no file and no folder that an
   ordinary user could use, or there is no room. A file that is root's alone is left out. */
static bool keep_one(struct mounts *mounts, const char *folder, const char *name)
{
    char path[PATH_MAX + 1 + NAME_MAX];
    struct stat about;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    if (lstat(path, &about) < 0 || !(S_ISREG(about.st_mode) || S_ISDIR(about.st_mode)))
        return false;
    if (S_ISREG(about.st_mode) && (about.st_mode & S_IROTH) == 0)
        return true;
    return !is_closed(path) && keep(mounts, path, false, true);
}

static bool keep_entries(struct mounts *mounts, const char *folder)
{
    const int count = mounts->count, covered = mounts->covered.count;
    DIR *entries = opendir(folder);
    const struct dirent *one = NULL;
    /* Elsewhere those above what is kept are covered anyway. */
    bool good = entries != NULL && (!is_hidden(folder) || add(&mounts->covered, folder));
    while (good && (one = readdir(entries)) != NULL)
        good = keep_one(mounts, folder, one->d_name);
    if (entries != NULL)
        closedir(entries);
    good = good && add(&mounts->split, folder);
    if (!good) {
        mounts->count = count;
        mounts->covered.count = covered;
    }
    return good;
}

bool mounts_keep_through(struct mounts *mounts, const char *path)
{
    char whole[PATH_MAX];
    return (realpath(path, whole) != NULL && is_closed(whole) &&
            (is_in(&mounts->split, whole) || keep_entries(mounts, whole))) ||
           keep(mounts, path, false, true);
}

/* --- what is there ------------------------------------------------------------------------- */

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

/* The folders down to path, which may be there, and what a copy of a folder or a file is put on
   (-1: a folder). */
static void make_way(const char *path, int copy)
{
    char part[PATH_MAX];
    struct stat about;
    bool is_file = fstat(copy, &about) == 0 && S_ISREG(about.st_mode);
    for (const char *at = path; at != NULL; at = strchr(at + 1, '/')) {
        const char *end = strchr(at + 1, '/');
        size_t length = end != NULL ? (size_t)(end - path) : strlen(path);
        snprintf(part, sizeof part, "%.*s", (int)length, path);
        if (end == NULL && is_file)
            mknod(part, S_IFREG | 0644, 0);
        else
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

static int cover_all(const struct mounts *mounts)
{
    int status = 0;
    for (int i = 0; i < mounts->covered.count && status == 0; i++) {
        make_way(mounts->covered.path[i], -1);
        status = mount("tmpfs", mounts->covered.path[i], "tmpfs", MS_NOSUID | MS_NODEV,
                       "mode=755,size=1m");
    }
    return status;
}

/* Once what is kept is there. */
static int lock_covers(const struct mounts *mounts)
{
    int status = 0;
    for (int i = 0; i < mounts->covered.count && status == 0; i++)
        status = forbid_writing(AT_FDCWD, mounts->covered.path[i], 0);
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
        make_way(mounts->kept[at].path, copies[at]);
        status = put(copies[at], mounts->kept[at].path);
    }
    return status;
}

/* What is free in each of those that are hidden, once sealed; none: they are not. */
static struct room {
    bool known;
    fsblkcnt_t blocks;
    fsfilcnt_t files;
} room[HIDDEN];

static struct room room_in(const char *path)
{
    struct statvfs about;
    bool known = statvfs(path, &about) == 0;
    return known ? (struct room){true, about.f_bfree, about.f_ffree} : (struct room){false, 0, 0};
}

bool mounts_written(void)
{
    bool written = false;
    for (int i = 0; i < HIDDEN; i++) {
        struct room now = room[i].known ? room_in(hidden[i].path) : room[i];
        written = written || now.blocks != room[i].blocks || now.files != room[i].files;
    }
    return written;
}

/* proc(5), sysvipc/shm: a line for each, the fifteenth word of which is what of it is in memory. */
static uint64_t held_by_system_v(void)
{
    enum { WORDS_BEFORE = 14 };
    char line[512];
    uint64_t sum = 0;
    FILE *in = fopen("/proc/sysvipc/shm", "re");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        const char *at = line;
        for (int i = 0; i < WORDS_BEFORE; i++) {
            at += strspn(at, " ");
            at += strcspn(at, " ");
        }
        sum += strtoull(at, NULL, 10); /* of the line of titles 0 */
    }
    if (in != NULL)
        fclose(in);
    return sum;
}

uint64_t mounts_held(void)
{
    struct statvfs about;
    uint64_t sum = 0;
    bool sealed = false;
    for (int i = 0; i < HIDDEN; i++) {
        bool known = room[i].known && statvfs(hidden[i].path, &about) == 0;
        sealed = sealed || known;
        if (known && about.f_bfree < room[i].blocks)
            sum += (uint64_t)(room[i].blocks - about.f_bfree) * about.f_frsize;
    }
    return sealed ? sum + held_by_system_v() : 0;
}

/* The caller stands where it stood: in what is there now. */
static int step_over(void)
{
    char here[PATH_MAX];
    return getcwd(here, sizeof here) != NULL && chdir(here) == 0 ? 0 : chdir("/");
}

int mounts_copy(const struct mounts *mounts, struct copies *copies)
{
    int status = 0, error = 0;
    memset(copies, 0xff, sizeof *copies); /* none yet: -1 */
    for (int i = 0; i < mounts->count; i++) {
        copies->fd[i] = copy_of(mounts->kept[i].path, mounts->kept[i].writable);
        if (copies->fd[i] < 0 && status == 0) {
            status = -1;
            error = errno;
        }
    }
    errno = error;
    return status;
}

/* The folders as they are to be seen. */
static int seal_folders(const struct mounts *mounts, const struct copies *copies, const char **what)
{
    *what = "mount_setattr(/)";
    int status = seal_files();
    if (status == 0 && mounts->bare) {
        *what = "a /dev of its own";
        status = devices_bare();
    }
    if (status == 0) {
        *what = "mounting tmpfs";
        status = hide_all() < 0 ? -1 : cover_all(mounts);
    }
    if (status == 0) {
        *what = "move_mount of a folder that is kept";
        status = show_kept(mounts, copies->fd) < 0 ? -1 : lock_covers(mounts);
    }
    return status;
}

int mounts_seal(const struct mounts *mounts, struct copies *copies, const char **what)
{
    int status = seal_folders(mounts, copies, what);
    if (status == 0) {
        *what = "mounting /proc";
        status = seal_proc() < 0 ? -1 : step_over();
    }
    for (int i = 0; i < HIDDEN && status == 0; i++)
        room[i] = room_in(hidden[i].path);
    int error = errno;
    for (int i = 0; i < mounts->count; i++)
        if (copies->fd[i] >= 0)
            close(copies->fd[i]);
    errno = error;
    return status;
}
