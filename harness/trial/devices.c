/* SPDX-License-Identifier: MIT */
#include "trial/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is the machine's to give to everybody. */
static const struct device {
    const char *path;
    bool folder;
} devices[] = {{"/dev/null", false},   {"/dev/zero", false},    {"/dev/full", false},
               {"/dev/random", false}, {"/dev/urandom", false}, {"/dev/tty", false},
               {"/dev/pts", true},     {"/dev/net/tun", false}};

static const struct {
    const char *path, *to;
} links[] = {{"/dev/fd", "/proc/self/fd"},
             {"/dev/stdin", "/proc/self/fd/0"},
             {"/dev/stdout", "/proc/self/fd/1"},
             {"/dev/stderr", "/proc/self/fd/2"},
             {"/dev/ptmx", "pts/ptmx"}};

enum { DEVICES = sizeof devices / sizeof *devices, LINKS = sizeof links / sizeof *links };

/* One that was not there needs no place. */
static int show(const struct device *device, int copy)
{
    int status = 0;
    if (copy < 0)
        return 0;
    if (device->folder)
        status = mkdir(device->path, 0755);
    else
        status = mknod(device->path, S_IFREG | 0444, 0);
    return status < 0 ? status
                      : move_mount(copy, "", AT_FDCWD, device->path, MOVE_MOUNT_F_EMPTY_PATH);
}

int devices_bare(void)
{
    int copies[DEVICES];
    for (int i = 0; i < DEVICES; i++)
        copies[i] = open_tree(AT_FDCWD, devices[i].path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    int status = mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k");
    if (status == 0)
        status = mkdir("/dev/net", 0755) < 0 || mkdir("/dev/shm", 01777) < 0 ? -1 : 0;
    for (int i = 0; i < LINKS && status == 0; i++)
        status = symlink(links[i].to, links[i].path);
    for (int i = 0; i < DEVICES && status == 0; i++)
        status = show(&devices[i], copies[i]);
    int error = errno;
    for (int i = 0; i < DEVICES; i++)
        if (copies[i] >= 0)
            close(copies[i]);
    errno = error;
    return status;
}
