/* Packets in words: JSON for events, one line for people. */
#include "packet/chunk.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SHOWN 64 /* bytes of a payload */

static const char *const flag_names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
#define FLAG_COUNT (sizeof flag_names / sizeof *flag_names)

static unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static void put(json_t *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(object, key, value);
}

static void put_number(json_t *object, const char *key, uint64_t value)
{
    put(object, key, json_integer((json_int_t)value));
}

static void put_checksum(json_t *object, bool valid)
{
    put(object, "checksum", json_string_nocheck(valid ? "valid" : "bad"));
}

static bool is_side(const struct in6_addr names[2], const struct in6_addr *address)
{
    return memcmp(&names[0], address, sizeof *address) == 0 ||
           memcmp(&names[1], address, sizeof *address) == 0;
}

/* "client", "server" or the address in digits, in out. */
static const char *address_name(const struct packet *packet, const struct in6_addr *address,
                                const struct naming *naming, char out[INET6_ADDRSTRLEN])
{
    if (naming != NULL && is_side(naming->client, address))
        return side_name(SIDE_CLIENT);
    if (naming != NULL && is_side(naming->server, address))
        return side_name(SIDE_SERVER);
    if (naming != NULL && is_side(naming->second[SIDE_CLIENT], address))
        return "client-second";
    if (naming != NULL && is_side(naming->second[SIDE_SERVER], address))
        return "server-second";
    const void *bytes = packet->family == AF_INET ? address->s6_addr + 12 : address->s6_addr;
    return inet_ntop(packet->family, bytes, out, INET6_ADDRSTRLEN);
}

static json_t *describe_kinds(const struct packet *packet)
{
    static const char *const kinds[] = {"syn", "synack", "ack", "fin", "rst", "data"};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (packet_has_kind(packet, kinds[i]))
            json_array_append_new(list, json_string_nocheck(kinds[i]));
    return list;
}

static void describe_ip4(json_t *ip, const uint8_t *header)
{
    size_t size = (size_t)(header[0] & 15) * 4;
    put_number(ip, "ttl", header[8]);
    put_number(ip, "tos", header[1]);
    put_number(ip, "id", get16(header + 4));
    put_number(ip, "frag", get16(header + 6));
    put_number(ip, "len", get16(header + 2));
    put_checksum(ip, packet_checksum(0, header, size) == 0xffff);
}

static void describe_ip6(json_t *ip, const uint8_t *header)
{
    put_number(ip, "ttl", header[7]);
    put_number(ip, "tos", (get16(header) >> 4) & 0xff);
    put_number(ip, "flow", (header[1] & 15U) << 16 | get16(header + 2));
    put_number(ip, "len", 40 + get16(header + 4));
}

static json_t *describe_ip(const struct packet *packet, const struct naming *naming)
{
    char digits[INET6_ADDRSTRLEN];
    const uint8_t *header = packet->frame + packet->ip;
    json_t *ip = json_object();
    put(ip, "src", json_string(address_name(packet, &packet->source, naming, digits)));
    put(ip, "dst", json_string(address_name(packet, &packet->destination, naming, digits)));
    put_number(ip, "proto", packet->protocol);
    if (packet->family == AF_INET)
        describe_ip4(ip, header);
    else
        describe_ip6(ip, header);
    return ip;
}

enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2 }; /* RFC 9293, 3.2 */

/* The MSS option of a TCP header of size bytes; -1 when there is none. */
static int mss_option(const uint8_t *header, size_t size)
{
    int mss = -1;
    size_t at = 20;
    while (at < size && header[at] != OPTION_END && mss < 0) {
        size_t length = header[at] == OPTION_NOP ? 1 : at + 1 < size ? header[at + 1] : 0;
        if (length == 0 || at + length > size)
            break;
        if (header[at] == OPTION_MSS && length == 4)
            mss = (int)get16(header + at + 2);
        at += length;
    }
    return mss;
}

static json_t *describe_tcp(const struct packet *packet, const struct flows *flows)
{
    const uint8_t *header = packet->frame + packet->transport;
    json_t *tcp = json_object();
    json_t *flags = json_array();
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (packet->tcp_flags >> i & 1)
            json_array_append_new(flags, json_string_nocheck(flag_names[i]));
    put_number(tcp, "sport", packet->source_port);
    put_number(tcp, "dport", packet->destination_port);
    put(tcp, "flags", flags);
    put_number(tcp, "seq", flows != NULL ? flows_seq(flows, packet) : packet->seq);
    put_number(tcp, "ack", flows != NULL ? flows_ack(flows, packet) : packet->ack);
    put_number(tcp, "window", get16(header + 14));
    put_number(tcp, "urg", get16(header + 18));
    put_checksum(tcp, packet->checksum_valid);
    int mss = mss_option(header, packet->payload - packet->transport);
    if (mss >= 0)
        put_number(tcp, "mss", mss);
    return tcp;
}

static json_t *describe_udp(const struct packet *packet)
{
    const uint8_t *header = packet->frame + packet->transport;
    json_t *udp = json_object();
    put_number(udp, "sport", packet->source_port);
    put_number(udp, "dport", packet->destination_port);
    put_number(udp, "len", get16(header + 4));
    if (packet->family == AF_INET && get16(header + 6) == 0)
        put_number(udp, "checksum", 0);
    else
        put_checksum(udp, packet->checksum_valid);
    return udp;
}

/* Only echo has an identifier and a sequence number. */
static bool is_echo(const struct packet *packet)
{
    uint8_t type = packet->frame[packet->transport];
    return packet->protocol == IPPROTO_ICMP ? type == 0 || type == 8 : type == 128 || type == 129;
}

static json_t *describe_icmp(const struct packet *packet)
{
    const uint8_t *header = packet->frame + packet->transport;
    json_t *icmp = json_object();
    put_number(icmp, "type", header[0]);
    put_number(icmp, "code", header[1]);
    if (is_echo(packet)) {
        put_number(icmp, "id", get16(header + 4));
        put_number(icmp, "seq", get16(header + 6));
    }
    put_checksum(icmp, packet->checksum_valid);
    return icmp;
}

static json_t *describe_payload(const struct packet *packet)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = packet->frame + packet->payload;
    size_t size = packet->payload_size < SHOWN ? packet->payload_size : SHOWN;
    bool printable = size > 0;
    char hex[2 * SHOWN];
    json_t *payload = json_object();
    for (size_t i = 0; i < size; i++) {
        printable = printable && bytes[i] >= ' ' && bytes[i] <= '~';
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    put_number(payload, "length", packet->payload_size);
    if (printable)
        put(payload, "text", json_stringn_nocheck((const char *)bytes, size));
    else if (size > 0)
        put(payload, "hex", json_stringn_nocheck(hex, 2 * size));
    return payload;
}

json_t *packet_describe(const struct packet *packet, const struct flows *flows,
                        const struct naming *naming)
{
    json_t *description = json_object();
    put(description, "kinds", describe_kinds(packet));
    if (packet->family == 0)
        return description;
    bool header = packet->payload > packet->transport;
    put(description, "ip", describe_ip(packet, naming));
    if (header && packet->protocol == IPPROTO_TCP)
        put(description, "tcp", describe_tcp(packet, flows));
    else if (header && packet->protocol == IPPROTO_UDP)
        put(description, "udp", describe_udp(packet));
    else if (header && packet->protocol == IPPROTO_SCTP)
        put(description, "sctp", chunk_describe(packet, flows));
    else if (header)
        put(description, "icmp", describe_icmp(packet));
    put(description, "payload", describe_payload(packet));
    return description;
}

/* A line being written; what does not fit is cut off. */
struct line {
    char *at;
    size_t left;
};

__attribute__((format(printf, 2, 3))) static void say(struct line *line, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(line->at, line->left, format, list);
    va_end(list);
    size_t used = length < 0 ? 0 : (size_t)length;
    if (used >= line->left)
        used = line->left > 0 ? line->left - 1 : 0;
    line->at += used;
    line->left -= used;
}

static void say_tcp(struct line *line, const struct packet *packet, const struct flows *flows)
{
    const char *comma = "";
    say(line, " tcp ");
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (packet->tcp_flags >> i & 1) {
            say(line, "%s%s", comma, flag_names[i]);
            comma = ",";
        }
    say(line, "%s seq %u", *comma == '\0' ? "-" : "",
        flows != NULL ? flows_seq(flows, packet) : packet->seq);
    if (packet_has_kind(packet, "ack"))
        say(line, " ack %u", flows != NULL ? flows_ack(flows, packet) : packet->ack);
}

static void say_sctp(struct line *line, const struct packet *packet, const struct flows *flows)
{
    char chunks[192];
    chunk_line(packet, flows, chunks, sizeof chunks);
    say(line, " sctp %s", chunks);
}

static void say_icmp(struct line *line, const struct packet *packet)
{
    const uint8_t *header = packet->frame + packet->transport;
    say(line, " icmp type %u code %u", header[0], header[1]);
    if (is_echo(packet))
        say(line, " id %u seq %u", get16(header + 4), get16(header + 6));
}

void packet_line(const struct packet *packet, const struct flows *flows,
                 const struct naming *naming, char *out, size_t size)
{
    struct line line = {out, size};
    char source[INET6_ADDRSTRLEN];
    char destination[INET6_ADDRSTRLEN];
    bool header = packet->payload > packet->transport;
    if (packet->family == 0) {
        say(&line, "not IP, %zu bytes", packet->size);
        return;
    }
    say(&line, "%s > %s", address_name(packet, &packet->source, naming, source),
        address_name(packet, &packet->destination, naming, destination));
    if (header && packet->protocol == IPPROTO_TCP)
        say_tcp(&line, packet, flows);
    else if (header && packet->protocol == IPPROTO_UDP)
        say(&line, " udp");
    else if (header && packet->protocol == IPPROTO_SCTP)
        say_sctp(&line, packet, flows);
    else if (header)
        say_icmp(&line, packet);
    else
        say(&line, " protocol %u%s", packet->protocol, packet->fragment ? " fragment" : "");
    say(&line, " %zu bytes%s", packet->payload_size, packet->checksum_valid ? "" : " bad checksum");
}
