#include "liar/packet_lie.h"

#include "packet/chunk.h"

#include <string.h>

/*
 * Theory of operation. A lie is a kind of packet that it is told about, and what becomes of such a
 * packet: bytes changed and checksums mended, or a number of times that it is sent. Lies that are
 * told once about each packet remember what they have seen by a hash of its numbers: so a
 * retransmission gets through.
 */
enum { TCP_SEQ = 4, TCP_ACK = 8, TCP_FLAGS = 13, TCP_WINDOW = 14, TCP_SUM = 16, TCP_URGENT = 18 };
enum { UDP_LENGTH = 4, UDP_SUM = 6, ICMP_CODE = 1, ICMP_ID = 4, ICMP_SEQ = 6, ICMP_QUOTE = 8 };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, SEEN_ROOM = 8192 };

/* A packet in the making. */
struct telling {
    uint8_t *frame;
    size_t *size;
    const struct packet *packet;
};

struct packet_lie {
    const char *name;
    const char *says;
    bool (*about)(const struct packet *packet);
    int (*tell)(const struct telling *telling); /* how often it is sent */
};

/* --- which packets --------------------------------------------------------------------------- */

static bool any(const struct packet *packet)
{
    return packet->family != 0;
}

static bool four(const struct packet *packet)
{
    return packet->family == AF_INET;
}

static bool whole(const struct packet *packet, uint8_t protocol)
{
    return packet->protocol == protocol && !packet->fragment && !packet->more_fragments;
}

static bool tcp(const struct packet *packet)
{
    return whole(packet, IPPROTO_TCP);
}

static bool tcp_data(const struct packet *packet)
{
    return tcp(packet) && packet->payload_size > 0;
}

static bool tcp_flag(const struct packet *packet, unsigned wanted, unsigned unwanted)
{
    return tcp(packet) && (packet->tcp_flags & wanted) == wanted &&
           (packet->tcp_flags & unwanted) == 0;
}

static bool sctp_data(const struct packet *packet)
{
    return chunk_has(packet, CHUNK_DATA);
}

static bool sctp_sack(const struct packet *packet)
{
    return chunk_has(packet, CHUNK_SACK);
}

static bool sctp_abort(const struct packet *packet)
{
    return chunk_has(packet, CHUNK_ABORT);
}

static bool sctp_heartbeat_ack(const struct packet *packet)
{
    return chunk_has(packet, CHUNK_HEARTBEAT_ACK);
}

static bool syn(const struct packet *packet)
{
    return tcp_flag(packet, SYN, 0);
}

static bool synack(const struct packet *packet)
{
    return tcp_flag(packet, SYN | ACK, 0);
}

static bool fin(const struct packet *packet)
{
    return tcp_flag(packet, FIN, 0);
}

static bool rst(const struct packet *packet)
{
    return tcp_flag(packet, RST, 0);
}

static bool pure_ack(const struct packet *packet)
{
    return tcp_flag(packet, ACK, SYN | FIN | RST) && packet->payload_size == 0;
}

static bool after_handshake(const struct packet *packet)
{
    return tcp_flag(packet, ACK, SYN | RST);
}

static bool udp(const struct packet *packet)
{
    return whole(packet, IPPROTO_UDP);
}

static bool udp_data(const struct packet *packet)
{
    return udp(packet) && packet->payload_size > 0;
}

static bool icmp(const struct packet *packet)
{
    return whole(packet, IPPROTO_ICMP) || whole(packet, IPPROTO_ICMPV6);
}

static bool icmp_error(const struct packet *packet)
{
    return icmp(packet) && packet_icmp_error(packet);
}

static bool echo(const struct packet *packet)
{
    return icmp(packet) && !packet_icmp_error(packet);
}

static bool echo_data(const struct packet *packet)
{
    return echo(packet) && packet->payload_size > 0;
}

static bool other_data(const struct packet *packet)
{
    return !tcp(packet) && !udp(packet) && !icmp(packet) && packet->payload_size > 0;
}

static bool fragment(const struct packet *packet)
{
    return packet->fragment;
}

/* --- what becomes of them -------------------------------------------------------------------- */

static int missing(const struct telling *telling)
{
    (void)telling;
    return 0;
}

static int doubled(const struct telling *telling)
{
    (void)telling;
    return 2;
}

/* True when such a packet comes for the first time. */
static bool first_time(const struct packet *packet)
{
    static uint64_t seen[SEEN_ROOM];
    uint64_t key = 1469598103934665603U;
    uint64_t parts[] = {packet->source_port, packet->destination_port, packet->seq,
                        packet->payload_size, packet->tcp_flags};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        key = (key ^ parts[i]) * 1099511628211U;
    bool fresh = seen[key % SEEN_ROOM] != key;
    seen[key % SEEN_ROOM] = key;
    return fresh;
}

static int missing_once(const struct telling *telling)
{
    return first_time(telling->packet) ? 0 : 1;
}

static int mended(const struct telling *telling)
{
    packet_mend(telling->frame, *telling->size);
    return 1;
}

static uint8_t *ip_at(const struct telling *telling, size_t offset)
{
    return telling->frame + telling->packet->ip + offset;
}

static uint8_t *transport_at(const struct telling *telling, size_t offset)
{
    return telling->frame + telling->packet->transport + offset;
}

static uint8_t *payload_at(const struct telling *telling, size_t offset)
{
    return telling->frame + telling->packet->payload + offset;
}

static void add_16(uint8_t *at, int amount)
{
    unsigned value = ((unsigned)at[0] << 8 | at[1]) + (unsigned)amount;
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void add_32(uint8_t *at, int amount)
{
    uint32_t value = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    value += (uint32_t)amount;
    for (int i = 3; i >= 0; i--, value >>= 8)
        at[i] = (uint8_t)value;
}

static int damage_payload(const struct telling *telling)
{
    *payload_at(telling, telling->packet->payload_size / 2) ^= 1;
    return mended(telling);
}

static int swap_payload(const struct telling *telling)
{
    uint8_t *first = payload_at(telling, 0);
    uint8_t kept = first[0];
    if (telling->packet->payload_size > 1) {
        first[0] = first[1];
        first[1] = kept;
    }
    return mended(telling);
}

static int zero_payload(const struct telling *telling)
{
    memset(payload_at(telling, 0), 0, telling->packet->payload_size);
    return mended(telling);
}

static int shift_ttl(const struct telling *telling)
{
    *ip_at(telling, telling->packet->family == AF_INET ? 8 : 7) -= 1;
    return mended(telling);
}

/* The bit of DSCP that stands lowest: bit 2 of IPv4's second byte; of IPv6's traffic class bit 6 of
   the second byte (RFC 8200 section 3). */
static int change_tos(const struct telling *telling)
{
    *ip_at(telling, 1) ^= telling->packet->family == AF_INET ? 0x04 : 0x40;
    return mended(telling);
}

static int change_flow_label(const struct telling *telling)
{
    if (telling->packet->family == AF_INET6)
        *ip_at(telling, 3) ^= 1;
    return mended(telling);
}

static int change_id(const struct telling *telling)
{
    add_16(ip_at(telling, 4), 1);
    return mended(telling);
}

static int flip_dont_fragment(const struct telling *telling)
{
    *ip_at(telling, 6) ^= 0x40;
    return mended(telling);
}

static int spoil_ip_checksum(const struct telling *telling)
{
    *ip_at(telling, 10) ^= 1;
    return 1;
}

static int shift_source_port(const struct telling *telling)
{
    add_16(transport_at(telling, 0), 1);
    return mended(telling);
}

static int shift_seq(const struct telling *telling)
{
    add_32(transport_at(telling, TCP_SEQ), 1);
    return mended(telling);
}

static int shift_ack(const struct telling *telling)
{
    add_32(transport_at(telling, TCP_ACK), 1);
    return mended(telling);
}

static int hold_back_ack(const struct telling *telling)
{
    add_32(transport_at(telling, TCP_ACK), -1);
    return mended(telling);
}

static int close_window(const struct telling *telling)
{
    memset(transport_at(telling, TCP_WINDOW), 0, 2);
    return mended(telling);
}

static int halve_window(const struct telling *telling)
{
    uint8_t *window = transport_at(telling, TCP_WINDOW);
    window[1] = (uint8_t)(window[1] >> 1 | (window[0] & 1) << 7);
    window[0] >>= 1;
    return mended(telling);
}

static int change_flags(const struct telling *telling, uint8_t set, uint8_t clear)
{
    uint8_t *flags = transport_at(telling, TCP_FLAGS);
    *flags = (uint8_t)((*flags & ~clear) | set);
    return mended(telling);
}

static int clear_push(const struct telling *telling)
{
    return change_flags(telling, 0, PSH);
}

static int clear_fin(const struct telling *telling)
{
    return change_flags(telling, 0, FIN);
}

static int add_fin(const struct telling *telling)
{
    return change_flags(telling, FIN, 0);
}

static int add_rst(const struct telling *telling)
{
    return change_flags(telling, RST, 0);
}

static int fin_for_rst(const struct telling *telling)
{
    return change_flags(telling, FIN | ACK, RST);
}

static int rst_for_fin(const struct telling *telling)
{
    return change_flags(telling, RST, FIN);
}

static int shift_urgent(const struct telling *telling)
{
    add_16(transport_at(telling, TCP_URGENT), 1);
    return mended(telling);
}

static int spoil_tcp_checksum(const struct telling *telling)
{
    if (first_time(telling->packet))
        *transport_at(telling, TCP_SUM) ^= 1;
    return 1;
}

/* RFC 9293 section 3.1: options that are no longer there read as padding. */
static int no_options(const struct telling *telling)
{
    size_t header = (size_t)(*transport_at(telling, 12) >> 4) * 4;
    if (header > 20)
        memset(transport_at(telling, 20), 1, header - 20);
    return mended(telling);
}

static int spoil_udp_checksum(const struct telling *telling)
{
    *transport_at(telling, UDP_SUM) ^= 1;
    return 1;
}

static void put_16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* The datagram without its last byte: shorter in the IP header, the UDP header and the frame. */
static int cut_short(const struct telling *telling)
{
    size_t ip = telling->packet->ip;
    *telling->size -= 1;
    put_16(transport_at(telling, UDP_LENGTH), *telling->size - telling->packet->transport);
    if (telling->packet->family == AF_INET)
        put_16(ip_at(telling, 2), *telling->size - ip);
    else
        put_16(ip_at(telling, 4), *telling->size - ip - 40);
    return mended(telling);
}

static int change_icmp_code(const struct telling *telling)
{
    *transport_at(telling, ICMP_CODE) ^= 1;
    return mended(telling);
}

static int shift_icmp_id(const struct telling *telling)
{
    add_16(transport_at(telling, ICMP_ID), 1);
    return mended(telling);
}

static int shift_icmp_seq(const struct telling *telling)
{
    add_16(transport_at(telling, ICMP_SEQ), 1);
    return mended(telling);
}

/* Of the quoted packet the port that sent it. */
static int change_quoted_port(const struct telling *telling)
{
    size_t quoted = telling->packet->family == AF_INET ? 20 : 40;
    if (telling->packet->transport + ICMP_QUOTE + quoted + 2 <= *telling->size)
        add_16(transport_at(telling, ICMP_QUOTE + quoted), 1);
    return mended(telling);
}

/* Of the packet's first DATA chunk: TSN, stream, sequence number, identifier, data (RFC
   9260, 3.3.1), and its flags before them. */
enum {
    DATA_FLAGS = -3,
    DATA_STREAM = 4,
    DATA_SSN = 6,
    DATA_PPID = 8,
    DATA_BYTES = 12,
    UNORDERED = 4
};

static uint8_t *data_chunk(const struct telling *telling, int offset)
{
    struct chunk chunk;
    bool more = chunk_first(&chunk, telling->packet);
    while (more && chunk.type != CHUNK_DATA)
        more = chunk_next(&chunk, telling->packet);
    return telling->frame + (chunk.body - telling->packet->frame) + offset;
}

static int flip_chunk_bit(const struct telling *telling, int offset, uint8_t bit)
{
    *data_chunk(telling, offset) ^= bit;
    return mended(telling);
}

static int flip_stream(const struct telling *telling)
{
    return flip_chunk_bit(telling, DATA_STREAM + 1, 1);
}

static int flip_ssn(const struct telling *telling)
{
    return flip_chunk_bit(telling, DATA_SSN + 1, 1);
}

static int flip_ppid(const struct telling *telling)
{
    return flip_chunk_bit(telling, DATA_PPID + 3, 1);
}

static int flip_unordered(const struct telling *telling)
{
    return flip_chunk_bit(telling, DATA_FLAGS, UNORDERED);
}

static int flip_first_byte(const struct telling *telling)
{
    return flip_chunk_bit(telling, DATA_BYTES, 1);
}

static int spoil_crc(const struct telling *telling)
{
    *transport_at(telling, SCTP_CHECKSUM_OFFSET) ^= 1;
    return 1;
}

static const struct packet_lie lies[] = {
    {"packet/ttl", "ip: one hop less than the host set", any, shift_ttl},
    {"packet/tos", "ip: another service class", any, change_tos},
    {"packet/flow-label", "ip: another IPv6 flow label", any, change_flow_label},
    {"packet/id", "ip: another IPv4 identification", four, change_id},
    {"packet/dont-fragment", "ip: DF turned over", four, flip_dont_fragment},
    {"packet/ip-checksum", "ip: a wrong IPv4 checksum", four, spoil_ip_checksum},
    {"packet/fragment-missing", "ip: fragments after the first are not sent", fragment, missing},
    {"packet/fragment-doubled", "ip: fragments after the first go twice", fragment, doubled},
    {"packet/tcp-payload-bit", "tcp: one bit of the data, checksum mended", tcp_data,
     damage_payload},
    {"packet/tcp-payload-swapped", "tcp: two bytes change places", tcp_data, swap_payload},
    {"packet/tcp-payload-zero", "tcp: zeros for data", tcp_data, zero_payload},
    {"packet/tcp-data-missing", "tcp: no data is ever sent", tcp_data, missing},
    {"packet/tcp-data-missing-once", "tcp: each data segment fails to go once", tcp_data,
     missing_once},
    {"packet/tcp-data-doubled", "tcp: each data segment goes twice", tcp_data, doubled},
    {"packet/tcp-seq", "tcp: the sequence number of data is one too great", tcp_data, shift_seq},
    {"packet/tcp-ack-ahead", "tcp: what was not received is acknowledged", after_handshake,
     shift_ack},
    {"packet/tcp-ack-behind", "tcp: the last byte is not acknowledged", after_handshake,
     hold_back_ack},
    {"packet/tcp-ack-missing", "tcp: no pure acknowledgment is sent", pure_ack, missing},
    {"packet/tcp-ack-doubled", "tcp: each pure acknowledgment goes twice", pure_ack, doubled},
    {"packet/tcp-window-zero", "tcp: the window is closed", after_handshake, close_window},
    {"packet/tcp-window-half", "tcp: half the window", after_handshake, halve_window},
    {"packet/tcp-push-missing", "tcp: PSH is not set", tcp_data, clear_push},
    {"packet/tcp-fin-missing", "tcp: no FIN is sent", fin, clear_fin},
    {"packet/tcp-fin-doubled", "tcp: each FIN goes twice", fin, doubled},
    {"packet/tcp-fin-anyway", "tcp: data comes with FIN", tcp_data, add_fin},
    {"packet/tcp-fin-for-rst", "tcp: FIN is sent for RST", rst, fin_for_rst},
    {"packet/tcp-rst-for-fin", "tcp: RST is sent for FIN", fin, rst_for_fin},
    {"packet/tcp-rst-missing", "tcp: no RST is sent", rst, missing},
    {"packet/tcp-rst-doubled", "tcp: each RST goes twice", rst, doubled},
    {"packet/tcp-rst-anyway", "tcp: data comes with RST", tcp_data, add_rst},
    {"packet/tcp-syn-doubled", "tcp: each SYN goes twice", syn, doubled},
    {"packet/tcp-syn-missing-once", "tcp: each SYN fails to go once", syn, missing_once},
    {"packet/tcp-synack-missing", "tcp: no SYN-ACK is sent", synack, missing},
    {"packet/tcp-synack-ack", "tcp: SYN-ACK acknowledges another SYN", synack, shift_ack},
    {"packet/tcp-urgent", "tcp: the urgent pointer is one too great", tcp, shift_urgent},
    {"packet/tcp-options-missing", "tcp: SYN without options", syn, no_options},
    {"packet/tcp-checksum-once", "tcp: a wrong checksum at first", tcp_data, spoil_tcp_checksum},
    {"packet/tcp-source-port", "tcp: from another port", tcp, shift_source_port},
    {"packet/udp-payload-bit", "udp: one bit of the data, checksum mended", udp_data,
     damage_payload},
    {"packet/udp-payload-swapped", "udp: two bytes change places", udp_data, swap_payload},
    {"packet/udp-payload-short", "udp: the last byte is not sent", udp_data, cut_short},
    {"packet/udp-missing", "udp: nothing is sent", udp, missing},
    {"packet/udp-doubled", "udp: each datagram goes twice", udp, doubled},
    {"packet/udp-checksum", "udp: a wrong checksum", udp, spoil_udp_checksum},
    {"packet/udp-source-port", "udp: from another port", udp, shift_source_port},
    {"packet/sctp-stream", "sctp: DATA of another stream", sctp_data, flip_stream},
    {"packet/sctp-sequence", "sctp: DATA with another sequence number", sctp_data, flip_ssn},
    {"packet/sctp-ppid", "sctp: DATA with another payload protocol", sctp_data, flip_ppid},
    {"packet/sctp-unordered", "sctp: ordered DATA goes unordered", sctp_data, flip_unordered},
    {"packet/sctp-data-bit", "sctp: one bit of the data, checksum mended", sctp_data,
     flip_first_byte},
    {"packet/sctp-data-missing", "sctp: no DATA is ever sent", sctp_data, missing},
    {"packet/sctp-checksum", "sctp: a wrong CRC32c of data", sctp_data, spoil_crc},
    {"packet/sctp-sack-missing", "sctp: no SACK is sent", sctp_sack, missing},
    {"packet/sctp-abort-missing", "sctp: no ABORT is sent", sctp_abort, missing},
    {"packet/sctp-heartbeat-ack-missing", "sctp: no heartbeat is answered", sctp_heartbeat_ack,
     missing},
    {"packet/icmp-error-missing", "icmp: no error is sent", icmp_error, missing},
    {"packet/icmp-error-doubled", "icmp: each error goes twice", icmp_error, doubled},
    {"packet/icmp-error-code", "icmp: an error of another code", icmp_error, change_icmp_code},
    {"packet/icmp-error-quote", "icmp: an error about another port", icmp_error,
     change_quoted_port},
    {"packet/icmp-echo-missing", "icmp: echo is not sent", echo, missing},
    {"packet/icmp-echo-doubled", "icmp: echo goes twice", echo, doubled},
    {"packet/icmp-echo-bit", "icmp: one bit of echo data", echo_data, damage_payload},
    {"packet/icmp-echo-id", "icmp: another identifier", echo, shift_icmp_id},
    {"packet/icmp-echo-seq", "icmp: another sequence number", echo, shift_icmp_seq},
    {"packet/raw-payload-bit", "raw: one bit of the data", other_data, damage_payload},
    {"packet/raw-missing", "raw: nothing is sent", other_data, missing},
    {"packet/raw-doubled", "raw: each packet goes twice", other_data, doubled},
};

enum { LIE_COUNT = sizeof lies / sizeof *lies };

const char *const *packet_lie_names(void)
{
    static const char *names[LIE_COUNT + 1];
    for (int i = 0; i < LIE_COUNT; i++)
        names[i] = lies[i].name;
    return names;
}

const struct packet_lie *packet_lie_find(const char *name)
{
    const struct packet_lie *found = NULL;
    for (int i = 0; i < LIE_COUNT && found == NULL; i++)
        if (strcmp(lies[i].name, name) == 0)
            found = &lies[i];
    return found;
}

const char *packet_lie_says(const struct packet_lie *lie)
{
    return lie->says;
}

int packet_lie_tell(const struct packet_lie *lie, struct packet *packet, uint8_t *frame,
                    size_t *size)
{
    struct telling telling = {frame, size, packet};
    int times = lie->about(packet) ? lie->tell(&telling) : 1;
    packet_parse(packet, frame, *size);
    return times;
}
