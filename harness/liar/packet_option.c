/* SPDX-License-Identifier: MIT */
/* The lies about the options of TCP, and about what stands beside them. */
#include "liar/layers.h"

#include "packet/headoption.h"
#include "packet/layers.h"
#include "packet/tcp.h"

#include <string.h>

enum { TCP_OFFSET = 12, NOP = 1, STRANGE = 253, BLOCK = 8 };

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

static bool echoes(const struct packet *packet)
{
    struct headoption option;
    return has_stamps(packet) && find(packet, "ts", &option) &&
           memcmp(option.header.bytes + 6, "\0\0\0", 4) != 0;
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

const struct packet_lie packet_lies_option[] = {
    {"packet/tcp-scale-more", "tcp: a window scale that is one more", has_scale, scale_more},
    {"packet/tcp-scale-missing", "tcp: no window scale", has_scale, no_scale},
    {"packet/tcp-echo-ahead", "tcp: a time stamp is echoed that did not come", echoes, echo_ahead},
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
    {NULL, NULL, NULL, NULL}};
