/* SPDX-License-Identifier: MIT */
/* The lies about UDP. */
#include "liar/layers.h"

enum { UDP_LENGTH = 4, UDP_SUM = 6 };

static bool udp(const struct packet *packet)
{
    return telling_whole(packet, IPPROTO_UDP);
}

static bool udp_data(const struct packet *packet)
{
    return udp(packet) && packet->payload_size > 0;
}

static int spoil_udp_checksum(const struct telling *telling)
{
    *telling_transport_at(telling, UDP_SUM) ^= 1;
    return 1;
}

/* RFC 768: 0 says that none was made. */
static int no_udp_checksum(const struct telling *telling)
{
    telling_put_16(telling_transport_at(telling, UDP_SUM), 0);
    return 1;
}

/* The datagram without its last byte: shorter in the IP header, the UDP header and the frame. */
static int cut_short(const struct telling *telling)
{
    size_t ip = telling->packet->ip;
    *telling->size -= 1;
    telling_put_16(telling_transport_at(telling, UDP_LENGTH),
                   *telling->size - telling->packet->transport);
    if (telling->packet->family == AF_INET)
        telling_put_16(telling_ip_at(telling, 2), *telling->size - ip);
    else
        telling_put_16(telling_ip_at(telling, 4), *telling->size - ip - 40);
    return telling_mended(telling);
}

const struct packet_lie packet_lies_udp[] = {
    {"packet/udp-payload-bit", "udp: one bit of the data, checksum mended", udp_data,
     telling_damage_payload},
    {"packet/udp-payload-swapped", "udp: two bytes change places", udp_data, telling_swap_payload},
    {"packet/udp-payload-short", "udp: the last byte is not sent", udp_data, cut_short},
    {"packet/udp-missing", "udp: nothing is sent", udp, telling_missing},
    {"packet/udp-doubled", "udp: each datagram goes twice", udp, telling_doubled},
    {"packet/udp-checksum", "udp: a wrong checksum", udp, spoil_udp_checksum},
    {"packet/udp-checksum-none", "udp: no checksum", udp, no_udp_checksum},
    {"packet/udp-source-port", "udp: from another port", udp, telling_shift_source_port},
    {NULL, NULL, NULL, NULL}};
