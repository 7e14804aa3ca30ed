/* SPDX-License-Identifier: MIT */
#include "wire/inside.h"

#include "wire/hosts.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* The device has the link address of a host. */
static bool is_host_device(const char *name)
{
    static const uint8_t macs[SIDE_COUNT][6] = {HOST_MAC(1), HOST_MAC(2)};
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    bool told = fd >= 0 && ioctl(fd, SIOCGIFHWADDR, &request) == 0;
    if (fd >= 0)
        close(fd);
    return told && (memcmp(request.ifr_hwaddr.sa_data, macs[0], sizeof macs[0]) == 0 ||
                    memcmp(request.ifr_hwaddr.sa_data, macs[1], sizeof macs[1]) == 0);
}

bool inside_host(char *why, size_t size)
{
    struct if_nameindex *list = if_nameindex();
    bool loopback = false, device = false, other = false;
    for (const struct if_nameindex *one = list; one != NULL && one->if_index != 0; one++) {
        bool lo = strcmp(one->if_name, "lo") == 0;
        bool ours = strcmp(one->if_name, HOST_DEVICE) == 0 && one->if_index == HOST_INDEX &&
                    is_host_device(one->if_name);
        loopback = loopback || lo;
        device = device || ours;
        if (!lo && !ours && !other)
            snprintf(why, size, "it has the interface %s, which no host has", one->if_name);
        other = other || (!lo && !ours);
    }
    if (list == NULL)
        snprintf(why, size, "its interfaces are not told: %s", strerror(errno));
    else if (!other && !(loopback && device))
        snprintf(why, size, "it lacks the interface %s of a host", HOST_DEVICE);
    if (list != NULL)
        if_freenameindex(list);
    return loopback && device && !other;
}
