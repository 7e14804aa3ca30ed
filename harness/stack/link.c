/* SPDX-License-Identifier: MIT */
#include "stack/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUEUE = 8 << 20 };

/* The interface of the host besides lo, by its name; 0: there is none. */
static unsigned find_interface(char name[IF_NAMESIZE])
{
    struct if_nameindex *list = if_nameindex();
    unsigned index = 0;
    for (const struct if_nameindex *one = list; one != NULL && one->if_index != 0; one++)
        if (strcmp(one->if_name, "lo") != 0 && index == 0) {
            index = one->if_index;
            snprintf(name, IF_NAMESIZE, "%s", one->if_name);
        }
    if (list != NULL)
        if_freenameindex(list);
    return index;
}

static bool ask_interface(struct link *link, const char *name)
{
    struct ifreq address = {0};
    struct ifreq mtu = {0};
    snprintf(address.ifr_name, sizeof address.ifr_name, "%s", name);
    snprintf(mtu.ifr_name, sizeof mtu.ifr_name, "%s", name);
    if (ioctl(link->fd, SIOCGIFHWADDR, &address) < 0 || ioctl(link->fd, SIOCGIFMTU, &mtu) < 0)
        return false;
    memcpy(link->own_mac, address.ifr_hwaddr.sa_data, ETH_ALEN);
    link->mtu = (uint32_t)mtu.ifr_mtu;
    return true;
}

/* The host knows the other one as a neighbour that it never asks for; nobody else is there. A line
   of the table holds the address, two numbers and the link address. */
static bool find_peer(struct link *link)
{
    FILE *table = fopen("/proc/net/arp", "re");
    char line[256];
    bool found = false;
    while (table != NULL && !found && fgets(line, sizeof line, table) != NULL) {
        char *rest = NULL;
        const char *word = strtok_r(line, " ", &rest);
        for (int i = 0; i < 3 && word != NULL; i++)
            word = strtok_r(NULL, " ", &rest);
        found = word != NULL && ether_aton_r(word, (struct ether_addr *)link->peer_mac) != NULL;
    }
    if (table != NULL)
        fclose(table);
    return found;
}

static bool open_packets(struct link *link, unsigned interface)
{
    static const int on = 1;
    static const int queue = QUEUE;
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)interface};
    link->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (link->fd < 0 ||
        setsockopt(link->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0)
        return false;
    if (setsockopt(link->fd, SOL_SOCKET, SO_RCVBUFFORCE, &queue, sizeof queue) < 0)
        setsockopt(link->fd, SOL_SOCKET, SO_RCVBUF, &queue, sizeof queue);
    return bind(link->fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

bool link_open(struct link *link, char *why, size_t size)
{
    char name[IF_NAMESIZE] = "";
    unsigned interface = find_interface(name);
    const char *failed = NULL;
    *link = (struct link){.fd = -1};
    errno = ENODEV;
    if (interface == 0)
        failed = "an interface of the host";
    else if (!open_packets(link, interface))
        failed = "a packet socket";
    else if (!ask_interface(link, name))
        failed = "the link address of the host";
    else if (!find_peer(link))
        failed = "the other host among the neighbours";
    if (failed != NULL)
        snprintf(why, size, "%s: %s", failed, strerror(errno));
    if (failed != NULL && link->fd >= 0)
        close(link->fd);
    return failed == NULL;
}
