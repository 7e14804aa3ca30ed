/* SPDX-License-Identifier: MIT */
/* The lies about TCP. */
#include "liar/layers.h"

#include <string.h>

enum { TCP_SEQ = 4, TCP_ACK = 8, TCP_FLAGS = 13, TCP_WINDOW = 14, TCP_SUM = 16, TCP_URGENT = 18 };
enum { PORTS = 65536 };
enum { TCP_OPTIONS = 20, OPTION_MSS = 2, OPTION_TIMESTAMPS = 8 };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32 };

static bool tcp(const struct packet *packet)
{
    return telling_whole(packet, IPPROTO_TCP);
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

static bool rst_ack(const struct packet *packet)
{
    return tcp_flag(packet, RST | ACK, 0);
}

/* What a sender keeps until it is acknowledged (RFC 9293 section 3.8.1). */
static bool kept_by_sender(const struct packet *packet)
{
    return tcp_data(packet) || syn(packet) || fin(packet);
}

static bool pure_ack(const struct packet *packet)
{
    return tcp_flag(packet, ACK, SYN | FIN | RST) && packet->payload_size == 0;
}

/* Also the SYN of who dials, which its pure acknowledgments are told by. */
static bool dial_or_pure_ack(const struct packet *packet)
{
    return tcp_flag(packet, SYN, ACK | FIN | RST) || pure_ack(packet);
}

static bool after_handshake(const struct packet *packet)
{
    return tcp_flag(packet, ACK, SYN | RST);
}

static int zero_payload(const struct telling *telling)
{
    memset(telling_payload_at(telling, 0), 0, telling->packet->payload_size);
    return telling_mended(telling);
}

static int shift_seq(const struct telling *telling)
{
    telling_add_32(telling_transport_at(telling, TCP_SEQ), 1);
    return telling_mended(telling);
}

static int shift_ack(const struct telling *telling)
{
    telling_add_32(telling_transport_at(telling, TCP_ACK), 1);
    return telling_mended(telling);
}

static int hold_back_ack(const struct telling *telling)
{
    telling_add_32(telling_transport_at(telling, TCP_ACK), -1);
    return telling_mended(telling);
}

static int close_window(const struct telling *telling)
{
    memset(telling_transport_at(telling, TCP_WINDOW), 0, 2);
    return telling_mended(telling);
}

static int open_window(const struct telling *telling, size_t least)
{
    uint8_t *window = telling_transport_at(telling, TCP_WINDOW);
    if (window[0] == 0 && window[1] == 0)
        telling_put_16(window, least);
    return telling_mended(telling);
}

static int open_window_by_one(const struct telling *telling)
{
    return open_window(telling, 1);
}

static int open_window_wide(const struct telling *telling)
{
    return open_window(telling, 1000);
}

static int halve_window(const struct telling *telling)
{
    uint8_t *window = telling_transport_at(telling, TCP_WINDOW);
    window[1] = (uint8_t)(window[1] >> 1 | (window[0] & 1) << 7);
    window[0] >>= 1;
    return telling_mended(telling);
}

static int change_flags(const struct telling *telling, uint8_t set, uint8_t clear)
{
    uint8_t *flags = telling_transport_at(telling, TCP_FLAGS);
    *flags = (uint8_t)((*flags & ~clear) | set);
    return telling_mended(telling);
}

static int clear_push(const struct telling *telling)
{
    return change_flags(telling, 0, PSH);
}

static int clear_urgent(const struct telling *telling)
{
    return change_flags(telling, 0, URG);
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
    telling_add_16(telling_transport_at(telling, TCP_URGENT), 1);
    return telling_mended(telling);
}

static int spoil_tcp_checksum(const struct telling *telling)
{
    if (telling_first_time(telling->packet))
        *telling_transport_at(telling, TCP_SUM) ^= 1;
    return 1;
}

/* RFC 9293 section 3.1: options that are no longer there read as padding. */
static int no_options(const struct telling *telling)
{
    size_t header = (size_t)(*telling_transport_at(telling, 12) >> 4) * 4;
    if (header > 20)
        memset(telling_transport_at(telling, 20), 1, header - 20);
    return telling_mended(telling);
}

/* The options of a SYN begin with the largest segment, those of others with two of padding and the
   timestamps (RFC 9293 section 3.2, RFC 7323 appendix A). */
static int halve_mss(const struct telling *telling)
{
    uint8_t *option = telling_transport_at(telling, TCP_OPTIONS);
    if (option[0] == OPTION_MSS)
        telling_put_16(option + 2, (size_t)(option[2] << 8 | option[3]) / 2);
    return telling_mended(telling);
}

static int mss_for_timestamps(const struct telling *telling)
{
    static const uint8_t mss[] = {OPTION_MSS, 4, 5, 180, 1, 1, 1, 1, 1, 1, 1, 1};
    size_t header = (size_t)(*telling_transport_at(telling, 12) >> 4) * 4;
    uint8_t *option = telling_transport_at(telling, TCP_OPTIONS);
    if (header >= TCP_OPTIONS + sizeof mss && option[2] == OPTION_TIMESTAMPS)
        memcpy(option, mss, sizeof mss);
    return telling_mended(telling);
}

/* Not that of the handshake, which is the dialler's first: without it there is no connection. */
static int only_of_handshake(const struct telling *telling)
{
    static uint32_t
        dialled[PORTS]; /* the number behind each port's SYN; 0 when it was acknowledged */
    const struct packet *packet = telling->packet;
    uint32_t *next = &dialled[packet->source_port];
    bool first = *next != 0 && packet->seq == *next;
    bool dials = tcp_flag(packet, SYN, 0);
    *next = dials ? packet->seq + 1 : first ? 0 : *next;
    return dials || first ? 1 : 0;
}

static int once_only(const struct telling *telling)
{
    return telling_first_time(telling->packet) ? 1 : 0;
}

const struct packet_lie packet_lies_tcp[] = {
    {"packet/tcp-payload-bit", "tcp: one bit of the data, checksum mended", tcp_data,
     telling_damage_payload},
    {"packet/tcp-payload-swapped", "tcp: two bytes change places", tcp_data, telling_swap_payload},
    {"packet/tcp-payload-zero", "tcp: zeros for data", tcp_data, zero_payload},
    {"packet/tcp-data-missing", "tcp: no data is ever sent", tcp_data, telling_missing},
    {"packet/tcp-data-missing-once", "tcp: each data segment fails to go once", tcp_data,
     telling_missing_once},
    {"packet/tcp-data-doubled", "tcp: each data segment goes twice", tcp_data, telling_doubled},
    {"packet/tcp-data-source", "tcp: data comes from another address", tcp_data,
     telling_shift_source},
    {"packet/tcp-seq", "tcp: the sequence number of data is one too great", tcp_data, shift_seq},
    {"packet/tcp-again-missing", "tcp: nothing is sent a second time", kept_by_sender, once_only},
    {"packet/tcp-ack-ahead", "tcp: what was not received is acknowledged", after_handshake,
     shift_ack},
    {"packet/tcp-ack-behind", "tcp: the last byte is not acknowledged", after_handshake,
     hold_back_ack},
    {"packet/tcp-ack-missing", "tcp: no pure acknowledgment is sent behind the handshake's",
     dial_or_pure_ack, only_of_handshake},
    {"packet/tcp-ack-doubled", "tcp: each pure acknowledgment goes twice", pure_ack,
     telling_doubled},
    {"packet/tcp-window-zero", "tcp: the window is closed", after_handshake, close_window},
    {"packet/tcp-window-one", "tcp: a closed window is open by a byte", after_handshake,
     open_window_by_one},
    {"packet/tcp-window-open", "tcp: a closed window is open", after_handshake, open_window_wide},
    {"packet/tcp-window-half", "tcp: half the window", after_handshake, halve_window},
    {"packet/tcp-push-missing", "tcp: PSH is not set", tcp_data, clear_push},
    {"packet/tcp-fin-missing", "tcp: no FIN is sent", fin, clear_fin},
    {"packet/tcp-fin-doubled", "tcp: each FIN goes twice", fin, telling_doubled},
    {"packet/tcp-fin-anyway", "tcp: data comes with FIN", tcp_data, add_fin},
    {"packet/tcp-fin-for-rst", "tcp: FIN is sent for RST", rst, fin_for_rst},
    {"packet/tcp-rst-for-fin", "tcp: RST is sent for FIN", fin, rst_for_fin},
    {"packet/tcp-rst-missing", "tcp: no RST is sent", rst, telling_missing},
    {"packet/tcp-rst-doubled", "tcp: each RST goes twice", rst, telling_doubled},
    {"packet/tcp-rst-seq", "tcp: the sequence number of RST is one too great", rst, shift_seq},
    {"packet/tcp-rst-ack", "tcp: RST acknowledges one byte too many", rst_ack, shift_ack},
    {"packet/tcp-rst-anyway", "tcp: data comes with RST", tcp_data, add_rst},
    {"packet/tcp-syn-doubled", "tcp: each SYN goes twice", syn, telling_doubled},
    {"packet/tcp-syn-missing-once", "tcp: each SYN fails to go once", syn, telling_missing_once},
    {"packet/tcp-synack-missing", "tcp: no SYN-ACK is sent", synack, telling_missing},
    {"packet/tcp-synack-ack", "tcp: SYN-ACK acknowledges another SYN", synack, shift_ack},
    {"packet/tcp-urgent", "tcp: the urgent pointer is one too great", tcp, shift_urgent},
    {"packet/tcp-urgent-missing", "tcp: URG is not set", tcp, clear_urgent},
    {"packet/tcp-mss-half", "tcp: SYN tells half the largest segment", syn, halve_mss},
    {"packet/tcp-mss-anywhere", "tcp: MSS on segments without SYN", after_handshake,
     mss_for_timestamps},
    {"packet/tcp-options-missing", "tcp: SYN without options", syn, no_options},
    {"packet/tcp-checksum-once", "tcp: a wrong checksum at first", tcp_data, spoil_tcp_checksum},
    {"packet/tcp-source-port", "tcp: from another port", tcp, telling_shift_source_port},
    {NULL, NULL, NULL, NULL}};
