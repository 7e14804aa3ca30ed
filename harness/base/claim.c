/* SPDX-License-Identifier: MIT */
#include "base/claim.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int claim_name(const char *kind, int number)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int length =
        snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "sockproof-%s-%d", kind, number);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&name, size) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

int claim_block(int number, int *fd)
{
    int block = -1;
    *fd = -1;
    for (int i = 0; i < CLAIM_BLOCKS && *fd < 0; i++) {
        block = (number + i) % CLAIM_BLOCKS;
        *fd = claim_name("loopback", block);
    }
    return *fd >= 0 ? block : -1;
}
