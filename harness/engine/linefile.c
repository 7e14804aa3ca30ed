/* SPDX-License-Identifier: MIT */
#include "engine/linefile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool linefile_open(struct linefile *file, int folder, const char *name)
{
    *file =
        (struct linefile){openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), 0};
    return file->fd >= 0;
}

/* The size of a file up to the end of its last whole line; -1 when it cannot be read. */
static off_t whole_lines(int fd)
{
    char block[4096];
    off_t end = lseek(fd, 0, SEEK_END);
    ssize_t got = 1;
    while (end > 0 && got > 0) {
        off_t begin = end > (off_t)sizeof block ? end - (off_t)sizeof block : 0;
        got = pread(fd, block, (size_t)(end - begin), begin);
        const char *last = got > 0 ? memrchr(block, '\n', (size_t)got) : NULL;
        if (last != NULL)
            return begin + (last - block) + 1;
        end = begin;
    }
    return got > 0 ? end : -1;
}

bool linefile_continue(struct linefile *file, int folder, const char *name)
{
    *file = (struct linefile){openat(folder, name, O_RDWR | O_CREAT | O_CLOEXEC, 0666), 0};
    off_t size = file->fd >= 0 ? whole_lines(file->fd) : -1;
    bool good =
        size >= 0 && ftruncate(file->fd, size) == 0 && lseek(file->fd, size, SEEK_SET) == size;
    if (good)
        file->size = (uint64_t)size;
    return good;
}

void linefile_reserve(const struct linefile *file, uint64_t size)
{
    fallocate(file->fd, FALLOC_FL_KEEP_SIZE, (off_t)file->size, (off_t)size);
}

bool linefile_append(struct linefile *file, const char *text, size_t size)
{
    size_t done = 0;
    while (file->fd >= 0 && done < size) {
        ssize_t now = write(file->fd, text + done, size - done);
        if (now < 0 && errno == EINTR)
            continue;
        if (now <= 0)
            break;
        done += (size_t)now;
    }
    bool whole = file->fd >= 0 && done == size;
    int error = errno;
    if (whole)
        file->size += size;
    else if (file->fd >= 0 && ftruncate(file->fd, (off_t)file->size) == 0)
        lseek(file->fd, (off_t)file->size, SEEK_SET);
    errno = error;
    return whole;
}

bool linefile_close(struct linefile *file)
{
    bool good = file->fd < 0 || ftruncate(file->fd, (off_t)file->size) == 0;
    good = (file->fd < 0 || close(file->fd) == 0) && good;
    file->fd = -1;
    return good;
}
