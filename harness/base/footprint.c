/* SPDX-License-Identifier: MIT */
#include "base/footprint.h"

#include "base/array.h"
#include "base/children.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct tree {
    pid_t *pids;
    size_t count, room;
};

static void add(struct tree *tree, pid_t pid)
{
    array_grow((void **)&tree->pids, tree->count, &tree->room, sizeof *tree->pids);
    tree->pids[tree->count++] = pid;
}

/* The one line that a file of /proc has, to be freed; NULL: it is not there, or empty. */
static char *line_of(const char *path)
{
    char *line = NULL;
    size_t room = 0;
    FILE *in = fopen(path, "re");
    if (in != NULL && getline(&line, &room, in) < 0) {
        free(line);
        line = NULL;
    }
    if (in != NULL)
        fclose(in);
    return line;
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

/* The second number of statm (proc(5)): the pages that are in memory. */
static uint64_t bytes_of(pid_t pid)
{
    char path[64];
    char *end = NULL;
    uint64_t pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    char *line = line_of(path);
    if (line != NULL && strtoull(line, &end, 10) > 0)
        pages = strtoull(end, &end, 10);
    free(line);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t footprint_below(pid_t pid, pid_t group)
{
    struct tree tree = {.count = 0};
    uint64_t sum = 0;
    add_children(&tree, pid);
    size_t own = tree.count;
    for (size_t i = 0; i < tree.count; i++) {
        if (group == 0 || i >= own || getpgid(tree.pids[i]) != group)
            sum += bytes_of(tree.pids[i]);
        add_children(&tree, tree.pids[i]);
    }
    free(tree.pids);
    return sum;
}
