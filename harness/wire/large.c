/* SPDX-License-Identifier: MIT */
#include "wire/large.h"

#include "packet/packet.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { TCP_CHECKSUM = 16 };

void large_prepare(const char *name)
{
    static const uint32_t commands[] = {ETHTOOL_STXCSUM, ETHTOOL_SSG, ETHTOOL_STSO, ETHTOOL_SGSO};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (size_t i = 0; i < sizeof commands / sizeof *commands && fd >= 0; i++) {
        struct ethtool_value value = {.cmd = commands[i], .data = 1};
        struct ifreq request = {.ifr_data = (void *)&value};
        snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
        ioctl(fd, SIOCETHTOOL, &request);
    }
    if (fd >= 0)
        close(fd);
}

int large_open(int tap)
{
    static const int on = 1;
    struct sockaddr_ll address;
    socklen_t size = sizeof address;
    if (getsockname(tap, (struct sockaddr *)&address, &size) < 0)
        return -1;
    address.sll_protocol = 0; /* it hears nothing */
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (fd >= 0 && (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) < 0 ||
                    bind(fd, (struct sockaddr *)&address, sizeof address) < 0)) {
        int error = errno;
        close(fd);
        errno = error;
        fd = -1;
    }
    return fd;
}

/* The sum that the device goes on from: of the pseudo header alone. */
static void begin_checksum(uint8_t *frame, const struct packet *packet)
{
    uint16_t sum = packet_pseudo(packet->family, &packet->source, &packet->destination,
                                 packet->protocol, packet->size - packet->transport);
    frame[packet->transport + TCP_CHECKSUM] = (uint8_t)(sum >> 8);
    frame[packet->transport + TCP_CHECKSUM + 1] = (uint8_t)sum;
}

bool large_send(int fd, const uint8_t *frame, size_t size, unsigned segment)
{
    uint8_t copy[LARGE_MAX];
    struct packet packet;
    errno = EINVAL;
    if (size > sizeof copy || !packet_parse(&packet, frame, size) ||
        packet.protocol != IPPROTO_TCP || packet.payload == packet.transport)
        return false;
    memcpy(copy, frame, size);
    begin_checksum(copy, &packet);
    struct virtio_net_hdr header = {
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
        .gso_type = packet.family == AF_INET6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4,
        .hdr_len = (uint16_t)packet.payload,
        .gso_size = (uint16_t)segment,
        .csum_start = (uint16_t)packet.transport,
        .csum_offset = TCP_CHECKSUM,
    };
    struct iovec parts[] = {{&header, sizeof header}, {copy, size}};
    return writev(fd, parts, 2) == (ssize_t)(sizeof header + size);
}
