/* SPDX-License-Identifier: MIT */
/* The lies about ICMP. */
#include "liar/layers.h"

enum { ICMP_CODE = 1, ICMP_ID = 4, ICMP_SEQ = 6, ICMP_QUOTE = 8 };

static bool icmp(const struct packet *packet)
{
    return telling_whole(packet, IPPROTO_ICMP) || telling_whole(packet, IPPROTO_ICMPV6);
}

static bool icmp_error(const struct packet *packet)
{
    return icmp(packet) && packet_icmp_error(packet);
}

static bool echo(const struct packet *packet)
{
    return icmp(packet) && !packet_icmp_error(packet);
}

/* Of echo, and of time stamps (RFC 792, RFC 4443). */
static bool reply(const struct packet *packet)
{
    enum { ECHO_REPLY_4 = 0, STAMP_REPLY = 14, ECHO_REPLY_6 = 129 };
    uint8_t type = packet->frame[packet->transport];
    return icmp(packet) &&
           (packet->family == AF_INET6 ? type == ECHO_REPLY_6
                                       : type == ECHO_REPLY_4 || type == STAMP_REPLY);
}

static bool reply_data(const struct packet *packet)
{
    return reply(packet) && packet->payload_size > 0;
}

static int change_icmp_code(const struct telling *telling)
{
    *telling_transport_at(telling, ICMP_CODE) ^= 1;
    return telling_mended(telling);
}

static int shift_icmp_id(const struct telling *telling)
{
    telling_add_16(telling_transport_at(telling, ICMP_ID), 1);
    return telling_mended(telling);
}

static int shift_icmp_seq(const struct telling *telling)
{
    telling_add_16(telling_transport_at(telling, ICMP_SEQ), 1);
    return telling_mended(telling);
}

static int change_quoted_end(const struct telling *telling)
{
    telling->frame[*telling->size - 1] ^= 1;
    return telling_mended(telling);
}

/* The quote without its last eight bytes, in the IP header and the frame. */
static int cut_quote(const struct telling *telling)
{
    bool four = telling->packet->family == AF_INET;
    *telling->size -= 8;
    telling_put_16(telling_ip_at(telling, four ? 2 : 4),
                   *telling->size - telling->packet->ip - (four ? 0 : 40));
    return telling_mended(telling);
}

/* Of the quoted packet the port that sent it. */
static int change_quoted_port(const struct telling *telling)
{
    size_t quoted = telling->packet->family == AF_INET ? 20 : 40;
    if (telling->packet->transport + ICMP_QUOTE + quoted + 2 <= *telling->size)
        telling_add_16(telling_transport_at(telling, ICMP_QUOTE + quoted), 1);
    return telling_mended(telling);
}

const struct packet_lie packet_lies_icmp[] = {
    {"packet/icmp-error-missing", "icmp: no error is sent", icmp_error, telling_missing},
    {"packet/icmp-error-doubled", "icmp: each error goes twice", icmp_error, telling_doubled},
    {"packet/icmp-error-code", "icmp: an error of another code", icmp_error, change_icmp_code},
    {"packet/icmp-error-quote", "icmp: an error about another port", icmp_error,
     change_quoted_port},
    {"packet/icmp-error-quote-bit", "icmp: one bit of what is quoted", icmp_error,
     change_quoted_end},
    {"packet/icmp-error-quote-short", "icmp: eight bytes less are quoted", icmp_error, cut_quote},
    {"packet/icmp-source", "icmp: a reply from another address", reply, telling_shift_source},
    {"packet/icmp-echo-missing", "icmp: echo is not sent", echo, telling_missing},
    {"packet/icmp-echo-doubled", "icmp: echo goes twice", echo, telling_doubled},
    {"packet/icmp-echo-bit", "icmp: one bit of the data of a reply", reply_data,
     telling_damage_payload},
    {"packet/icmp-echo-id", "icmp: another identifier", echo, shift_icmp_id},
    {"packet/icmp-echo-seq", "icmp: another sequence number", echo, shift_icmp_seq},
    {NULL, NULL, NULL, NULL}};
