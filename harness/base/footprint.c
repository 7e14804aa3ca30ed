/* SPDX-License-Identifier: MIT */
#include "base/footprint.h"

#include "base/array.h"
#include "base/children.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
    pid_t *pids;
    size_t count, room;
};

/* --- who there is ---------------------------------------------------------------------------- */

static void add(struct tree *tree, pid_t pid)
{
    array_grow((void **)&tree->pids, tree->count, &tree->room, sizeof *tree->pids);
    tree->pids[tree->count++] = pid;
}

/* Those that one thread has made. */
static void add_made(struct tree *tree, pid_t pid, const char *thread)
{
    FILE *list = children_of(pid, (pid_t)strtol(thread, NULL, 10));
    for (pid_t child = list != NULL ? children_next(list) : 0; child > 0;
         child = children_next(list))
        add(tree, child);
    if (list != NULL)
        fclose(list);
}

static void add_children(struct tree *tree, pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *threads = opendir(path);
    for (const struct dirent *one = threads != NULL ? readdir(threads) : NULL; one != NULL;
         one = readdir(threads))
        if (one->d_name[0] != '.')
            add_made(tree, pid, one->d_name);
    if (threads != NULL)
        closedir(threads);
}

/* --- memory of its own ---------------------------------------------------------------------- */

/* The bytes that a line of status (proc(5)) tells, of that name; 0 where it is another line. */
static uint64_t told(const char *line, const char *name)
{
    size_t length = strlen(name);
    return strncmp(line, name, length) == 0 ? strtoull(line + length, NULL, 10) << 10 : 0;
}

/* What is in memory, of files on disks as well, and what is memory alone and shared. */
static void add_resident(struct footprint *sum, pid_t pid)
{
    char path[64], line[128];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *in = fopen(path, "re");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        sum->own += told(line, "RssAnon:") + told(line, "RssFile:");
        sum->shared += told(line, "RssShmem:");
    }
    if (in != NULL)
        fclose(in);
}

/* --- memory behind descriptors -------------------------------------------------------------- */

/* Each counts once, whoever has it. */
struct files {
    struct file {
        dev_t device;
        ino_t number;
    } * all;
    size_t count, room;
};

static bool is_new(struct files *files, const struct stat *about)
{
    bool known = false;
    for (size_t i = 0; i < files->count && !known; i++)
        known = files->all[i].number == about->st_ino && files->all[i].device == about->st_dev;
    if (!known) {
        array_grow((void **)&files->all, files->count, &files->room, sizeof *files->all);
        files->all[files->count++] = (struct file){about->st_dev, about->st_ino};
    }
    return !known;
}

static bool begins(const char *name, ssize_t length, const char *with)
{
    return length >= (ssize_t)strlen(with) && memcmp(name, with, strlen(with)) == 0;
}

static void add_held(struct footprint *sum, struct files *files, pid_t pid)
{
    char path[64], name[16];
    struct stat about;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    for (const struct dirent *one = folder != NULL ? readdir(folder) : NULL; one != NULL;
         one = readdir(folder)) {
        ssize_t length = readlinkat(dirfd(folder), one->d_name, name, sizeof name);
        if (begins(name, length, "/memfd:") &&
            fstatat(dirfd(folder), one->d_name, &about, 0) == 0 && is_new(files, &about))
            sum->held += (uint64_t)about.st_blocks * 512;
        sum->pipes += begins(name, length, "pipe:");
    }
    if (folder != NULL)
        closedir(folder);
}

/* --- all of them ---------------------------------------------------------------------------- */

/* All that came from the process, but for those of children of its own in the group. The caller
   frees. */
static struct tree below(pid_t pid, pid_t group)
{
    struct tree all = {.count = 0}, found = {.count = 0};
    add_children(&all, pid);
    size_t own = all.count;
    for (size_t i = 0; i < all.count; i++) {
        if (group == 0 || i >= own || getpgid(all.pids[i]) != group)
            add(&found, all.pids[i]);
        add_children(&all, all.pids[i]);
    }
    free(all.pids);
    return found;
}

struct footprint footprint_below(pid_t pid, pid_t group)
{
    struct tree tree = below(pid, group);
    struct files files = {.count = 0};
    struct footprint sum = {0};
    for (size_t i = 0; i < tree.count; i++) {
        add_resident(&sum, tree.pids[i]);
        add_held(&sum, &files, tree.pids[i]);
    }
    free(tree.pids);
    free(files.all);
    return sum;
}

/* proc(5), fdinfo: a line of each socket of unix(7). */
static uint64_t waiting(int folder, const char *name)
{
    static const char with[] = "scm_fds:";
    char line[128];
    uint64_t count = 0;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    FILE *in = fd >= 0 ? fdopen(fd, "re") : NULL;
    while (in != NULL && fgets(line, sizeof line, in) != NULL)
        if (strncmp(line, with, strlen(with)) == 0)
            count += strtoull(line + strlen(with), NULL, 10);
    if (in != NULL)
        fclose(in);
    else if (fd >= 0)
        close(fd);
    return count;
}

uint64_t footprint_on_their_way(pid_t pid, pid_t group)
{
    struct tree tree = below(pid, group);
    char path[64];
    uint64_t sum = 0;
    for (size_t i = 0; i < tree.count; i++) {
        snprintf(path, sizeof path, "/proc/%d/fdinfo", (int)tree.pids[i]);
        DIR *folder = opendir(path);
        for (const struct dirent *one = folder != NULL ? readdir(folder) : NULL; one != NULL;
             one = readdir(folder))
            if (one->d_name[0] != '.')
                sum += waiting(dirfd(folder), one->d_name);
        if (folder != NULL)
            closedir(folder);
    }
    free(tree.pids);
    return sum;
}

void footprint_networks(pid_t pid, pid_t group, void (*visit)(void *context, int netns),
                        void *context)
{
    struct tree tree = below(pid, group);
    struct files seen = {.count = 0};
    char path[64];
    struct stat about;
    for (size_t i = 0; i < tree.count; i++) {
        snprintf(path, sizeof path, "/proc/%d/ns/net", (int)tree.pids[i]);
        int netns = open(path, O_RDONLY | O_CLOEXEC);
        if (netns >= 0 && fstat(netns, &about) == 0 && is_new(&seen, &about))
            visit(context, netns);
        if (netns >= 0)
            close(netns);
    }
    free(tree.pids);
    free(seen.all);
}
