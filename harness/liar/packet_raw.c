/* SPDX-License-Identifier: MIT */
/* The lies about what is none of the other protocols. */
#include "liar/layers.h"

static bool other_data(const struct packet *packet)
{
    static const uint8_t known[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6};
    bool other = packet->payload_size > 0;
    for (size_t i = 0; i < sizeof known; i++)
        other = other && !telling_whole(packet, known[i]);
    return other;
}

const struct packet_lie packet_lies_raw[] = {
    {"packet/raw-payload-bit", "raw: one bit of the data", other_data, telling_damage_payload},
    {"packet/raw-missing", "raw: nothing is sent", other_data, telling_missing},
    {"packet/raw-doubled", "raw: each packet goes twice", other_data, telling_doubled},
    {NULL, NULL, NULL, NULL}};
