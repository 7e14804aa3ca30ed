/* SPDX-License-Identifier: MIT */
#include "packet/packet.h"

#include "base/mapped.h"
#include "packet/crc32c.h"

#include <arpa/inet.h>
#include <string.h>

#define ETHERTYPE_IP4 0x0800
#define ETHERTYPE_IP6 0x86dd
#define IP4_HEADER 20
#define IP6_HEADER 40
#define TCP_HEADER 20
#define UDP_HEADER 8
#define ICMP_HEADER 8

const char *side_name(enum side side)
{
    return side == SIDE_CLIENT ? "client" : "server";
}

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static void put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static uint16_t fold(uint64_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* The sum is taken in the machine's byte order, 32 bits at a time, and turned at the end: RFC 1071
   section 2 shows that this gives the same as adding big-endian words. */
uint16_t packet_checksum(uint32_t sum, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint64_t native = htons(fold(sum));
    for (; size >= 4; size -= 4, at += 4) {
        uint32_t word = 0;
        memcpy(&word, at, sizeof word);
        native += word;
    }
    uint8_t tail[4] = {0};
    if (size > 0)
        memcpy(tail, at, size);
    uint32_t last = 0;
    memcpy(&last, tail, sizeof last);
    return ntohs(fold(native + last));
}

uint16_t packet_pseudo(int family, const struct in6_addr *source,
                       const struct in6_addr *destination, uint8_t protocol, size_t length)
{
    uint16_t sum = 0;
    if (family == AF_INET) {
        sum = packet_checksum(0, source->s6_addr + 12, 4);
        sum = packet_checksum(sum, destination->s6_addr + 12, 4);
    } else {
        sum = packet_checksum(0, source, 16);
        sum = packet_checksum(sum, destination, 16);
    }
    return fold((uint64_t)sum + protocol + (length >> 16) + (length & 0xffff));
}

/* What an IP header says; offsets count from the start of the bytes that it was read from. */
struct ip_header {
    int family;
    uint8_t protocol;
    size_t names_transport; /* the octet that holds protocol */
    size_t transport, end;  /* of the whole packet, also when less of it is there */
    unsigned offset;        /* of the fragment, 0 for the first or only one */
    bool more;
    struct in6_addr source, destination;
};

static bool read_ip4(struct ip_header *ip, const uint8_t *at, size_t size)
{
    size_t header = size > 0 ? (size_t)(at[0] & 15) * 4 : 0;
    if (size < IP4_HEADER || at[0] >> 4 != 4 || header < IP4_HEADER || header > size ||
        get16(at + 2) < header)
        return false;
    ip->family = AF_INET;
    ip->names_transport = 9;
    ip->protocol = at[9];
    ip->transport = header;
    ip->end = get16(at + 2);
    ip->offset = get16(at + 6) & 0x1fff;
    ip->more = (get16(at + 6) & 0x2000) != 0;
    ip->source = mapped_address(at + 12);
    ip->destination = mapped_address(at + 16);
    return true;
}

static bool is_extension(uint8_t protocol)
{
    return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING ||
           protocol == IPPROTO_DSTOPTS || protocol == IPPROTO_FRAGMENT;
}

/* Steps over the extension headers of RFC 8200 section 4 up to the first fragment header that is
   not of the first fragment: what follows that one is data. */
static bool skip_extensions(struct ip_header *ip, const uint8_t *at, size_t size)
{
    while (is_extension(ip->protocol) && ip->offset == 0) {
        const uint8_t *header = at + ip->transport;
        if (ip->transport + 8 > size)
            return false;
        if (ip->protocol == IPPROTO_FRAGMENT) {
            ip->offset = get16(header + 2) >> 3;
            ip->more = (header[3] & 1) != 0;
            ip->transport += 8;
        } else {
            ip->transport += ((size_t)header[1] + 1) * 8;
        }
        ip->names_transport = (size_t)(header - at);
        ip->protocol = header[0];
        if (ip->transport > size)
            return false;
    }
    return true;
}

static bool read_ip6(struct ip_header *ip, const uint8_t *at, size_t size)
{
    if (size < IP6_HEADER || at[0] >> 4 != 6)
        return false;
    ip->family = AF_INET6;
    ip->names_transport = 6;
    ip->protocol = at[6];
    ip->transport = IP6_HEADER;
    ip->end = IP6_HEADER + (size_t)get16(at + 4);
    memcpy(&ip->source, at + 8, 16);
    memcpy(&ip->destination, at + 24, 16);
    return skip_extensions(ip, at, size < ip->end ? size : ip->end);
}

static bool read_ip(struct ip_header *ip, const uint8_t *at, size_t size)
{
    memset(ip, 0, sizeof *ip);
    return size > 0 && (at[0] >> 4 == 4 ? read_ip4(ip, at, size) : read_ip6(ip, at, size));
}

uint32_t packet_seq(const struct packet *packet)
{
    return packet->seq - packet->first_of_sender;
}

bool packet_icmp_error_type(int family, uint8_t type)
{
    return family == AF_INET6 ? type >= 1 && type <= 4
                              : (type >= 3 && type <= 5) || type == 11 || type == 12;
}

bool packet_icmp_error(const struct packet *packet)
{
    bool icmp = packet->protocol == (packet->family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
    return icmp && packet->payload > packet->transport &&
           packet_icmp_error_type(packet->family, packet->frame[packet->transport]);
}

/* The ports of the packet that an ICMP error quotes (RFC 792, RFC 4443): at least eight bytes
   behind its IP header, which hold them. */
static void read_quoted(struct packet *packet)
{
    struct ip_header ip;
    const uint8_t *quote = packet->frame + packet->payload;
    bool found =
        read_ip(&ip, quote, packet->payload_size) && ip.offset == 0 &&
        (ip.protocol == IPPROTO_TCP || ip.protocol == IPPROTO_UDP || ip.protocol == IPPROTO_SCTP) &&
        ip.transport + 4 <= packet->payload_size;
    if (found) {
        packet->quoted = true;
        packet->source_port = get16(quote + ip.transport);
        packet->destination_port = get16(quote + ip.transport + 2);
    }
}

/* Length of the transport header at at, 0 when there is none that is understood and whole. */
static size_t header_length(uint8_t protocol, const uint8_t *at, size_t size)
{
    size_t length = 0;
    if (protocol == IPPROTO_TCP && size >= TCP_HEADER)
        length = (size_t)(at[12] >> 4) * 4;
    else if (protocol == IPPROTO_UDP)
        length = UDP_HEADER;
    else if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
        length = ICMP_HEADER;
    else if (protocol == IPPROTO_SCTP)
        length = SCTP_HEADER;
    bool whole = length <= size && (protocol != IPPROTO_TCP || length >= TCP_HEADER);
    return whole ? length : 0;
}

/* Offset of the checksum in a transport header, or -1 where the protocol has none. */
static int checksum_offset(uint8_t protocol)
{
    int offset = -1;
    if (protocol == IPPROTO_TCP)
        offset = 16;
    else if (protocol == IPPROTO_UDP)
        offset = 6;
    else if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
        offset = 2;
    return offset;
}

static uint32_t sctp_sum(const struct packet *packet)
{
    return crc32c_with_hole(packet->frame + packet->transport,
                            packet->payload - packet->transport + packet->payload_size,
                            SCTP_CHECKSUM_OFFSET);
}

/* CRC32c goes least significant byte first (RFC 9260 appendix A). */
static bool sctp_right(const struct packet *packet)
{
    const uint8_t *at = packet->frame + packet->transport + SCTP_CHECKSUM_OFFSET;
    uint32_t held = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    return held == sctp_sum(packet);
}

/* The sum over pseudo header and segment; 0xffff when the checksum in it is right. */
static uint16_t transport_sum(const struct packet *packet)
{
    size_t length = packet->payload - packet->transport + packet->payload_size;
    uint16_t sum = 0;
    if (packet->protocol != IPPROTO_ICMP)
        sum = packet_pseudo(packet->family, &packet->source, &packet->destination, packet->protocol,
                            length);
    return packet_checksum(sum, packet->frame + packet->transport, length);
}

/* Of a fragment only the whole datagram could tell; a UDP checksum of 0 over IPv4 is none. */
static bool checksum_right(const struct packet *packet, bool fragmented)
{
    const uint8_t *header = packet->frame + packet->transport;
    bool none = packet->payload == packet->transport || fragmented;
    none = none ||
           (packet->protocol == IPPROTO_UDP && packet->family == AF_INET && get16(header + 6) == 0);
    bool sctp = packet->protocol == IPPROTO_SCTP;
    return none || (sctp ? sctp_right(packet) : transport_sum(packet) == 0xffff);
}

static void read_tcp(struct packet *packet, const uint8_t *header)
{
    packet->seq = get32(header + 4);
    packet->ack = get32(header + 8);
    packet->tcp_flags = header[13];
}

/* What lies behind a UDP header is as long as the header says, as far as that is possible. */
static void read_udp(struct packet *packet, const uint8_t *header)
{
    size_t length = get16(header + 4);
    if (!packet->more_fragments && length >= UDP_HEADER &&
        length <= packet->payload_size + UDP_HEADER)
        packet->payload_size = length - UDP_HEADER;
}

static void read_transport(struct packet *packet)
{
    const uint8_t *header = packet->frame + packet->transport;
    size_t left = packet->size - packet->transport;
    size_t length = packet->fragment ? 0 : header_length(packet->protocol, header, left);
    packet->payload = packet->transport + length;
    packet->payload_size = left - length;
    if (length > 0 && (packet->protocol == IPPROTO_TCP || packet->protocol == IPPROTO_UDP ||
                       packet->protocol == IPPROTO_SCTP)) {
        packet->source_port = get16(header);
        packet->destination_port = get16(header + 2);
    }
    if (length > 0 && packet->protocol == IPPROTO_TCP)
        read_tcp(packet, header);
    if (length > 0 && packet->protocol == IPPROTO_UDP)
        read_udp(packet, header);
    if (packet_icmp_error(packet))
        read_quoted(packet);
    packet->checksum_valid = checksum_right(packet, packet->more_fragments || packet->fragment);
}

/* What the IP header at that offset of the frame says. */
static void take_ip(struct packet *packet, const struct ip_header *ip, size_t at)
{
    packet->family = ip->family;
    packet->protocol = ip->protocol;
    packet->fragment = ip->offset > 0;
    packet->more_fragments = ip->more;
    packet->ip = at;
    packet->names_transport = at + ip->names_transport;
    packet->transport = at + ip->transport;
    packet->source = ip->source;
    packet->destination = ip->destination;
}

bool packet_parse(struct packet *packet, const uint8_t *frame, size_t size)
{
    struct ip_header ip;
    memset(packet, 0, sizeof *packet);
    packet->frame = frame;
    packet->size = size;
    if (size < ETHER_HEADER)
        return false;
    uint16_t type = get16(frame + 12);
    bool good = (type == ETHERTYPE_IP4 || type == ETHERTYPE_IP6) &&
                read_ip(&ip, frame + ETHER_HEADER, size - ETHER_HEADER) &&
                ip.family == (type == ETHERTYPE_IP4 ? AF_INET : AF_INET6) &&
                ip.end <= size - ETHER_HEADER;
    if (good) {
        take_ip(packet, &ip, ETHER_HEADER);
        packet->size = ETHER_HEADER + ip.end;
        read_transport(packet);
    }
    return good;
}

/* How much of a transport's header is there, when less of the packet is than it says. */
static size_t header_left(const struct packet *quoted, size_t left)
{
    const uint8_t *at = quoted->frame + quoted->transport;
    size_t whole = header_length(quoted->protocol, at, left);
    size_t usual = quoted->protocol == IPPROTO_TCP    ? TCP_HEADER
                   : quoted->protocol == IPPROTO_SCTP ? SCTP_HEADER
                   : quoted->protocol == IPPROTO_UDP || quoted->protocol == IPPROTO_ICMP ||
                           quoted->protocol == IPPROTO_ICMPV6
                       ? UDP_HEADER
                       : 0;
    if (whole == 0)
        whole = usual < left ? usual : left;
    return quoted->fragment ? 0 : whole;
}

bool packet_quoted(const struct packet *packet, struct packet *quoted)
{
    struct ip_header ip;
    const uint8_t *frame = packet->frame;
    const uint8_t *quote = frame + packet->payload;
    bool found = packet_icmp_error(packet) && read_ip(&ip, quote, packet->payload_size) &&
                 ip.family == packet->family && ip.transport <= packet->payload_size &&
                 ip.end >= ip.transport;
    memset(quoted, 0, sizeof *quoted);
    if (found) {
        bool whole = ip.end <= packet->payload_size;
        quoted->frame = packet->frame;
        take_ip(quoted, &ip, packet->payload);
        quoted->size = packet->payload + (whole ? ip.end : packet->payload_size);
        size_t left = quoted->size - quoted->transport;
        quoted->payload = quoted->transport + header_left(quoted, left);
        quoted->payload_size = quoted->size - quoted->payload;
        quoted->source_port = packet->source_port;
        quoted->destination_port = packet->destination_port;
        quoted->first_of_sender = packet->first_of_sender;
        quoted->first_of_receiver = packet->first_of_receiver;
        bool sum = whole && header_length(quoted->protocol, frame + quoted->transport, left) > 0;
        quoted->checksum_valid = !sum || checksum_right(quoted, ip.more || quoted->fragment);
        if (quoted->protocol == IPPROTO_TCP && quoted->payload >= quoted->transport + TCP_HEADER)
            read_tcp(quoted, quoted->frame + quoted->transport);
    }
    return found;
}

static void mend_sctp(uint8_t *frame, const struct packet *packet)
{
    uint32_t sum = sctp_sum(packet);
    for (size_t i = 0; i < 4; i++)
        frame[packet->transport + SCTP_CHECKSUM_OFFSET + i] = (uint8_t)(sum >> 8 * i);
}

static void mend_transport(uint8_t *frame, const struct packet *packet)
{
    int offset = checksum_offset(packet->protocol);
    if (packet->protocol == IPPROTO_SCTP && packet->payload > packet->transport)
        mend_sctp(frame, packet);
    if (offset < 0 || packet->payload == packet->transport || packet->more_fragments)
        return;
    uint8_t *at = frame + packet->transport + offset;
    put16(at, 0);
    uint16_t sum = (uint16_t)~transport_sum(packet);
    /* RFC 768: a computed 0 is sent as its other representation, since 0 means "none". */
    put16(at, packet->protocol == IPPROTO_UDP && sum == 0 ? 0xffff : sum);
}

void packet_mend(uint8_t *frame, size_t size)
{
    struct packet packet;
    if (!packet_parse(&packet, frame, size))
        return;
    if (packet.family == AF_INET) {
        uint8_t *header = frame + packet.ip;
        put16(header + 10, 0);
        put16(header + 10, (uint16_t)~packet_checksum(0, header, (size_t)(header[0] & 15) * 4));
    }
    mend_transport(frame, &packet);
}
