/* SPDX-License-Identifier: MIT */
#include "wire/loopback.h"

#include "wire/netlink.h"
#include "wire/sysctls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOOPBACK_INDEX 1
#define PORT_RANGE "/proc/sys/net/ipv4/ip_local_port_range"

/* What the takings leave out, for the wire sets it for every case. */
struct range {
    char text[64];
    ssize_t size;
};

static void read_range(struct range *range)
{
    int fd = open(PORT_RANGE, O_RDONLY | O_CLOEXEC);
    range->size = fd >= 0 ? read(fd, range->text, sizeof range->text) : 0;
    if (fd >= 0)
        close(fd);
}

static void write_range(const struct range *range)
{
    int fd = range->size > 0 ? open(PORT_RANGE, O_WRONLY | O_CLOEXEC) : -1;
    if (fd >= 0 && write(fd, range->text, (size_t)range->size) < 0)
        errno = 0; /* the kernel's own range will do */
    if (fd >= 0)
        close(fd);
}

static bool lo_up(void)
{
    int netlink = netlink_open();
    bool up = netlink >= 0 && netlink_up(netlink, LOOPBACK_INDEX) == 0;
    int error = errno;
    if (netlink >= 0)
        close(netlink);
    errno = error;
    return up;
}

/* The caller, apart in a user namespace already, moves into a network namespace. */
static enum isolation leave(const char **what)
{
    *what = "unshare(CLONE_NEWNET)";
    return unshare(CLONE_NEWNET) == 0 ? ISOLATION_DONE : ISOLATION_REFUSED;
}

enum isolation loopback_isolate(bool apart, char *why, size_t size)
{
    const char *what = "";
    struct range range = {.size = 0};
    struct sysctls *machine = sysctls_open();
    read_range(&range);
    enum isolation result = apart ? leave(&what) : hosts_isolate(CLONE_NEWNET, &what);
    if (result == ISOLATION_DONE) {
        if (machine != NULL)
            sysctls_carry(machine);
        write_range(&range);
        what = "setting lo up";
        result = lo_up() ? ISOLATION_DONE : ISOLATION_BROKEN;
    }
    if (result != ISOLATION_DONE)
        snprintf(why, size, "%s: %s", what, strerror(errno));
    sysctls_free(machine);
    return result;
}
