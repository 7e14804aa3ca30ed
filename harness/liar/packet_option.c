/* SPDX-License-Identifier: MIT */
/* The lies about the options of TCP, and about what stands beside them. */
#include "liar/layers.h"

#include "packet/headoption.h"
#include "packet/layers.h"
#include "packet/tcp.h"

#include <string.h>

enum { TCP_OFFSET = 12, TCP_FLAGS = 13, END = 0, NOP = 1, STRANGE = 253, BLOCK = 8 };
enum { SYN = 2, ACK = 16, ECE = 64 };

/* The first option of that name in a segment, from its kind on; false when there is none. */
static bool find(const struct packet *packet, const char *name, struct headoption *option)
{
    const struct headoption_kind *kind = headoption_named(&headoption_tcp, name);
    struct header header;
    struct value area;
    bool more = layers_header(&tcp_layer, packet, &header) &&
                field_read(&tcp_layer, layer_field(&tcp_layer, "options"), &header, &area) &&
                headoption_first(&headoption_tcp, &header, &area, option);
    while (more && option->kind != kind)
        more = headoption_next(&headoption_tcp, &area, option);
    return more;
}

static bool has(const struct packet *packet, const char *name)
{
    struct headoption option;
    return telling_whole(packet, IPPROTO_TCP) && find(packet, name, &option);
}

static bool has_scale(const struct packet *packet)
{
    return has(packet, "wscale");
}

static bool has_stamps(const struct packet *packet)
{
    return has(packet, "ts");
}

static bool has_stamps_alone(const struct packet *packet)
{
    return has_stamps(packet) && !has(packet, "mss");
}

static bool has_permission(const struct packet *packet)
{
    return has(packet, "sackok");
}

static bool has_blocks(const struct packet *packet)
{
    return has(packet, "sack");
}

static bool has_two_blocks(const struct packet *packet)
{
    struct headoption option;
    return has_blocks(packet) && find(packet, "sack", &option) &&
           option.header.size >= 2 + 2 * BLOCK;
}

static bool segment(const struct packet *packet)
{
    return telling_whole(packet, IPPROTO_TCP);
}

/* The byte at that offset of the option, which the packet has. */
static uint8_t *at(const struct telling *telling, const char *name, size_t offset)
{
    struct headoption option;
    bool there = find(telling->packet, name, &option);
    size_t from = there ? (size_t)(option.header.bytes - telling->packet->frame) : 0;
    return telling->frame + from + offset;
}

/* RFC 9293 section 3.1: NOPs in the place of an option leave the others where they are. */
static int without(const struct telling *telling, const char *name)
{
    struct headoption option;
    uint8_t *bytes = at(telling, name, 0);
    if (find(telling->packet, name, &option))
        memset(bytes, NOP, option.header.size);
    return telling_mended(telling);
}

static int scale_more(const struct telling *telling)
{
    *at(telling, "wscale", 2) += 1;
    return telling_mended(telling);
}

static int no_scale(const struct telling *telling)
{
    return without(telling, "wscale");
}

static int echo_ahead(const struct telling *telling)
{
    telling_add_32(at(telling, "ts", 6), 1);
    return telling_mended(telling);
}

static int no_stamps(const struct telling *telling)
{
    return without(telling, "ts");
}

static int no_permission(const struct telling *telling)
{
    return without(telling, "sackok");
}

static int permission_anywhere(const struct telling *telling)
{
    static const uint8_t permission[] = {4, 2};
    memcpy(telling_transport_at(telling, 20), permission, sizeof permission);
    return telling_mended(telling);
}

static int edge_ahead(const struct telling *telling)
{
    telling_add_32(at(telling, "sack", 6), 1);
    return telling_mended(telling);
}

static int blocks_turned(const struct telling *telling)
{
    uint8_t first[BLOCK];
    uint8_t *blocks = at(telling, "sack", 2);
    memcpy(first, blocks, BLOCK);
    memmove(blocks, blocks + BLOCK, BLOCK);
    memcpy(blocks + BLOCK, first, BLOCK);
    return telling_mended(telling);
}

static int no_blocks(const struct telling *telling)
{
    return without(telling, "sack");
}

/* In the place of the two NOPs before the time stamps. */
static int strange_option(const struct telling *telling)
{
    uint8_t *padding = telling_transport_at(telling, 20);
    if (padding[0] == NOP && padding[1] == NOP) {
        padding[0] = STRANGE;
        padding[1] = 2;
    }
    return telling_mended(telling);
}

static int reserved_bit(const struct telling *telling)
{
    *telling_transport_at(telling, TCP_OFFSET) |= 2;
    return telling_mended(telling);
}

static bool synack(const struct packet *packet)
{
    return segment(packet) && (packet->tcp_flags & (SYN | ACK)) == (SYN | ACK);
}

static bool synack_without_scale(const struct packet *packet)
{
    return synack(packet) && has_permission(packet) && !has_scale(packet);
}

static bool syn(const struct packet *packet)
{
    return segment(packet) && (packet->tcp_flags & SYN) != 0;
}

/* In the place of SACK permitted and the two NOPs before it. */
static int scale_anyway(const struct telling *telling)
{
    static const uint8_t scale[] = {NOP, 3, 3, 7};
    memcpy(at(telling, "sackok", 0) - 2, scale, sizeof scale);
    return telling_mended(telling);
}

static int agree_to_ecn(const struct telling *telling)
{
    *telling_transport_at(telling, TCP_FLAGS) |= ECE;
    return telling_mended(telling);
}

/* ECT(0), RFC 3168 section 5. */
static int capable(const struct telling *telling)
{
    *telling_ip_at(telling, 1) |= telling->packet->family == AF_INET6 ? 0x20 : 2;
    return telling_mended(telling);
}

/* --- what a host takes options for --------------------------------------------------------- */

/* Goes through the options, and lets change make of each what the host hears. */
static int heard_as(const struct telling *telling,
                    bool (*change)(uint8_t *option, size_t offset, struct headoption *one))
{
    struct headoption option;
    struct header header;
    struct value area;
    bool more = layers_header(&tcp_layer, telling->packet, &header) &&
                field_read(&tcp_layer, layer_field(&tcp_layer, "options"), &header, &area) &&
                headoption_first(&headoption_tcp, &header, &area, &option);
    for (; more; more = headoption_next(&headoption_tcp, &area, &option)) {
        size_t offset = (size_t)(option.header.bytes - header.bytes);
        if (!change(telling_transport_at(telling, offset), offset, &option))
            return 0;
        if (option.number == END)
            break;
    }
    return telling_mended(telling);
}

static bool strange_ends(uint8_t *option, size_t offset, struct headoption *one)
{
    (void)offset;
    if (one->kind->form == HEADOPTION_RAW)
        memset(option, END, one->header.size);
    return true;
}

static bool unaligned_missing(uint8_t *option, size_t offset, struct headoption *one)
{
    if (offset % 4 != 0 && one->header.size > 1)
        memset(option, NOP, one->header.size);
    return true;
}

static bool end_missing(uint8_t *option, size_t offset, struct headoption *one)
{
    (void)offset;
    if (one->number == END)
        *option = NOP;
    return true;
}

static bool illegal_dropped(uint8_t *option, size_t offset, struct headoption *one)
{
    (void)option;
    (void)offset;
    return !one->over || one->header.size == 0;
}

static int hear_strange_as_end(const struct telling *telling)
{
    return heard_as(telling, strange_ends);
}

static int hear_no_unaligned(const struct telling *telling)
{
    return heard_as(telling, unaligned_missing);
}

static int hear_no_end(const struct telling *telling)
{
    return heard_as(telling, end_missing);
}

static int hear_no_illegal(const struct telling *telling)
{
    return heard_as(telling, illegal_dropped);
}

/* --- and extension headers ----------------------------------------------------------------- */

static bool is_extended(const struct packet *packet)
{
    return packet->family == AF_INET6 && packet->transport >= packet->ip + 40 + 16;
}

static bool is_atomic(const struct packet *packet)
{
    return packet->family == AF_INET6 && !packet->fragment && !packet->more_fragments &&
           packet->frame[packet->ip + 6] == IPPROTO_FRAGMENT;
}

const struct packet_lie packet_lies_option[] = {
    {"packet/tcp-scale-more", "tcp: a window scale that is one more", has_scale, scale_more},
    {"packet/tcp-scale-missing", "tcp: no window scale", has_scale, no_scale},
    {"packet/tcp-echo-ahead", "tcp: a time stamp is echoed that did not come", has_stamps_alone,
     echo_ahead},
    {"packet/tcp-stamps-missing", "tcp: no time stamps behind the SYN", has_stamps_alone,
     no_stamps},
    {"packet/tcp-sackok-missing", "tcp: SACK is not permitted", has_permission, no_permission},
    {"packet/tcp-sackok-anywhere", "tcp: SACK permitted on segments without SYN", has_stamps_alone,
     permission_anywhere},
    {"packet/tcp-sack-edge", "tcp: the first SACK block is one byte too long", has_blocks,
     edge_ahead},
    {"packet/tcp-sack-order", "tcp: the second SACK block stands first", has_two_blocks,
     blocks_turned},
    {"packet/tcp-sack-missing", "tcp: no SACK blocks", has_blocks, no_blocks},
    {"packet/tcp-option-strange", "tcp: an option of experiments for padding", has_stamps_alone,
     strange_option},
    {"packet/tcp-reserved", "tcp: a reserved bit is set", segment, reserved_bit},
    {"packet/tcp-scale-anyway", "tcp: a window scale that was not offered is answered",
     synack_without_scale, scale_anyway},
    {"packet/tcp-ecn-anyway", "tcp: SYN-ACK agrees to ECN that nobody asked for", synack,
     agree_to_ecn},
    {"packet/tcp-syn-capable", "tcp: SYN and SYN-ACK are sent as capable of ECN", syn, capable},
    {"packet/heard-strange-option", "tcp: an unknown option is heard as the end of all", syn,
     hear_strange_as_end},
    {"packet/heard-unaligned", "tcp: options between words are not heard", syn, hear_no_unaligned},
    {"packet/heard-no-end", "tcp: the end of options is heard as nothing", syn, hear_no_end},
    {"packet/heard-illegal-option", "tcp: a SYN whose options are not sound is not heard", syn,
     hear_no_illegal},
    {"packet/heard-extensions", "ip6: packets with two extension headers are not heard",
     is_extended, telling_missing},
    {"packet/heard-atomic", "ip6: fragments that are whole are not heard", is_atomic,
     telling_missing},
    {NULL, NULL, NULL, NULL}};
