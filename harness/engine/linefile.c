/* SPDX-License-Identifier: MIT */
#include "engine/linefile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool linefile_open(struct linefile *file, int folder, const char *name)
{
    *file =
        (struct linefile){openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), 0};
    return file->fd >= 0;
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
    bool good = file->fd < 0 || close(file->fd) == 0;
    file->fd = -1;
    return good;
}
