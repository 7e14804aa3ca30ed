/* SPDX-License-Identifier: MIT */
#include "wire/sysctls.h"

#include "base/arena.h"
#include "base/array.h"
#include "wire/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOT "/proc/sys/"

/* Descriptors that are left to the worker: it holds some for each of its actors, and the wire's. */
enum { SPARE = 256 };

struct sysctl {
    char *path, *value;
    int fd; /* -1: it is opened for every look */
};

struct sysctls {
    size_t count, room;
    struct sysctl *all;
};

/* Counts, a key that the kernel makes when it is first wanted, and what every case has for itself.
 */
static bool is_restless(const char *path)
{
    static const char *const paths[] = {ROOT "net/netfilter/nf_conntrack_count",
                                        ROOT "net/ipv4/tcp_fastopen_key",
                                        ROOT "net/ipv4/ip_local_port_range", NULL};
    bool found = false;
    for (size_t i = 0; paths[i] != NULL && !found; i++)
        found = strcmp(paths[i], path) == 0;
    return found;
}

/* Adds one that can be read. */
static void add(struct sysctls *sysctls, const char *path)
{
    char value[PROFILE_VALUE];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (profile_read(fd, value, sizeof value) < 0) {
        close(fd);
        return;
    }
    array_grow((void **)&sysctls->all, sysctls->count, &sysctls->room, sizeof *sysctls->all);
    struct sysctl *one = &sysctls->all[sysctls->count++];
    *one = (struct sysctl){arena_must(strdup(path)), arena_must(strdup(value)), fd};
    if (fd >= getdtablesize() - SPARE) {
        close(fd);
        one->fd = -1;
    }
}

struct sysctls *sysctls_open(void)
{
    char root[] = ROOT "net";
    char *const roots[] = {root, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (walk == NULL)
        return NULL;
    struct sysctls *sysctls = arena_must(calloc(1, sizeof *sysctls));
    const FTSENT *entry = NULL;
    while ((entry = fts_read(walk)) != NULL)
        if (entry->fts_info == FTS_F && !is_restless(entry->fts_path))
            add(sysctls, entry->fts_path);
    fts_close(walk);
    return sysctls;
}

void sysctls_free(struct sysctls *sysctls)
{
    for (size_t i = 0; sysctls != NULL && i < sysctls->count; i++) {
        struct sysctl *one = &sysctls->all[i];
        if (one->fd >= 0)
            close(one->fd);
        free(one->path);
        free(one->value);
    }
    if (sysctls != NULL)
        free(sysctls->all);
    free(sysctls);
}

/* "" when it cannot be read any more. */
static void read_now(const struct sysctl *one, char *value, size_t size)
{
    int fd = one->fd >= 0 ? one->fd : open(one->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || profile_read(fd, value, size) < 0)
        value[0] = '\0';
    if (fd >= 0 && fd != one->fd)
        close(fd);
}

/* "net.ipv4.ip_forward is 1 where it was 0" */
static void tell(const struct sysctl *one, const char *value, char *text, size_t size)
{
    char key[PROFILE_PATH];
    snprintf(key, sizeof key, "%s", one->path + strlen(ROOT));
    for (char *at = key; *at != '\0'; at++)
        if (*at == '/')
            *at = '.';
    snprintf(text, size, "%s is %s where it was %s", key, value, one->value);
}

bool sysctls_differ(const struct sysctls *sysctls, char *text, size_t size)
{
    char value[PROFILE_VALUE];
    bool differ = false;
    for (size_t i = 0; i < sysctls->count && !differ; i++) {
        read_now(&sysctls->all[i], value, sizeof value);
        differ = strcmp(value, sysctls->all[i].value) != 0;
        if (differ)
            tell(&sysctls->all[i], value, text, size);
    }
    return differ;
}

/* What the kernel keeps for the machine, or for who has more rights, stays as it is. */
static void carry_one(const struct sysctl *one)
{
    char value[PROFILE_VALUE] = "";
    int fd = open(one->path, O_RDWR | O_CLOEXEC);
    bool same =
        fd < 0 || (profile_read(fd, value, sizeof value) == 0 && strcmp(value, one->value) == 0);
    if (!same && pwrite(fd, one->value, strlen(one->value), 0) < 0)
        errno = 0;
    if (fd >= 0)
        close(fd);
}

void sysctls_carry(const struct sysctls *sysctls)
{
    for (size_t i = 0; i < sysctls->count; i++)
        carry_one(&sysctls->all[i]);
}
