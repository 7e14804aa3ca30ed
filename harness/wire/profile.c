/* SPDX-License-Identifier: MIT */
#include "wire/profile.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int profile_path(const char *key, char *path, size_t size)
{
    static const char root[] = "/proc/sys/";
    int length = snprintf(path, size, "%s%s", root, key);
    if (length < 0 || (size_t)length >= size) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (char *at = path + sizeof root - 1; *at != '\0'; at++)
        if (*at == '.')
            *at = '/';
    return 0;
}

static const char *skip_space(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

bool profile_same(const char *a, const char *b)
{
    a = skip_space(a);
    b = skip_space(b);
    while (*a != '\0' && *b != '\0') {
        bool gap = isspace((unsigned char)*a) && isspace((unsigned char)*b);
        if (!gap && *a != *b)
            break;
        a = gap ? skip_space(a) : a + 1;
        b = gap ? skip_space(b) : b + 1;
    }
    return *skip_space(a) == '\0' && *skip_space(b) == '\0';
}

int profile_read(int fd, char *value, size_t size)
{
    ssize_t got = pread(fd, value, size - 1, 0);
    if (got < 0)
        return -1;
    value[got] = '\0';
    for (char *at = value; *at != '\0'; at++)
        if (*at == '\t')
            *at = ' ';
    value[strcspn(value, "\n")] = '\0';
    return 0;
}

int profile_write(int fd, const char *key, const char *value, char *why, size_t size)
{
    char now[PROFILE_VALUE];
    int status = -1;
    if (pwrite(fd, value, strlen(value), 0) < 0)
        snprintf(why, size, "%s does not take %s: %s", key, value, strerror(errno));
    else if (profile_read(fd, now, sizeof now) < 0)
        snprintf(why, size, "%s cannot be read back: %s", key, strerror(errno));
    else if (!profile_same(now, value))
        snprintf(why, size, "%s is %s after writing %s", key, now, value);
    else
        status = 0;
    return status;
}

int profile_open(const struct profile_entry *entry, int *fd, char *why, size_t size)
{
    char path[PROFILE_PATH];
    *fd = -1;
    if (profile_path(entry->key, path, sizeof path) == 0)
        *fd = open(path, O_RDWR | O_CLOEXEC);
    bool good = *fd >= 0 || (errno == ENOENT && entry->optional);
    if (!good)
        snprintf(why, size, "%s cannot be opened: %s", entry->key, strerror(errno));
    return good ? 0 : -1;
}

int profile_apply(const struct profile_entry *entries, size_t count, char *why, size_t size)
{
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++) {
        int fd = -1;
        status = profile_open(&entries[i], &fd, why, size);
        if (fd >= 0) {
            status = profile_write(fd, entries[i].key, entries[i].value, why, size);
            close(fd);
        }
    }
    return status;
}
