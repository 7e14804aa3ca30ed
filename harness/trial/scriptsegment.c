/* SPDX-License-Identifier: MIT */
#include "trial/scriptsegment.h"

#include <arpa/inet.h>
#include <string.h>

enum {
    EOL = 0,
    NOP = 1,
    MSS = 2,
    WSCALE = 3,
    SACKOK = 4,
    SACK = 5,
    TS = 8,
    FO = 34,
    ACCECN0 = 172,
    ACCECN1 = 174
};

static uint32_t long_at(const uint8_t *at)
{
    uint32_t number = 0;
    memcpy(&number, at, sizeof number);
    return ntohl(number);
}

static uint16_t short_at(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

/* --- taking apart --------------------------------------------------------------------------- */

static void read_options(struct scriptsegment *segment, const uint8_t *at, size_t size)
{
    while (size > 0 && segment->options < SCRIPTSEGMENT_OPTIONS && !segment->malformed) {
        bool single = *at == EOL || *at == NOP;
        size_t length = single ? 1 : size > 1 ? at[1] : 0;
        segment->malformed = length == 0 || length > size || (!single && length < 2);
        if (segment->malformed)
            return;
        segment->option[segment->options++] =
            (struct scriptsegment_option){*at, (uint8_t)length, at + (single ? 1 : 2)};
        at += length;
        size -= length;
    }
}

static void read_tcp(struct scriptsegment *segment)
{
    const uint8_t *header = segment->packet.frame + segment->packet.transport;
    size_t size = (size_t)(header[12] >> 4) * 4;
    segment->flags = header[13] | ((header[12] & 1) != 0 ? PKT_AE : 0);
    segment->window = short_at(header + 14);
    segment->urgent = short_at(header + 18);
    if (size > 20 && segment->packet.transport + size <= segment->packet.size)
        read_options(segment, header + 20, size - 20);
}

bool scriptsegment_read(struct scriptsegment *segment, const uint8_t *frame, size_t size)
{
    memset(segment, 0, sizeof *segment);
    if (!packet_parse(&segment->packet, frame, size))
        return false;
    const uint8_t *ip = frame + segment->packet.ip;
    bool six = segment->packet.family == AF_INET6;
    segment->tos = six ? (ip[0] & 15) << 4 | ip[1] >> 4 : ip[1];
    segment->ttl = six ? ip[7] : ip[8];
    segment->length = (uint32_t)segment->packet.payload_size;
    if (segment->packet.protocol == IPPROTO_TCP)
        read_tcp(segment);
    return true;
}

/* --- told ----------------------------------------------------------------------------------- */

const char *scriptsegment_flags(unsigned flags, struct arena *arena)
{
    static const struct {
        unsigned flag;
        char letter;
    } letters[] = {{PKT_SYN, 'S'}, {PKT_FIN, 'F'}, {PKT_RST, 'R'}, {PKT_PSH, 'P'}, {PKT_URG, 'U'},
                   {PKT_ECE, 'E'}, {PKT_CWR, 'W'}, {PKT_AE, 'A'},  {PKT_ACK, '.'}};
    char text[16];
    size_t length = 0;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if ((flags & letters[i].flag) != 0)
            text[length++] = letters[i].letter;
    if (length == 0)
        text[length++] = '-';
    return arena_copy(arena, text, length);
}

static const char *hex(const uint8_t *bytes, size_t size, struct arena *arena)
{
    char *text = arena_alloc(arena, 2 * size + 1);
    for (size_t i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return text;
}

static const char *sack_text(const struct scriptsegment_option *option,
                             const struct scriptflow *flow, bool syn, struct arena *arena)
{
    const char *text = "sack";
    uint32_t offset = scriptflow_remote(flow, syn);
    for (int i = 0; i + 8 <= option->length - 2; i += 8)
        text = arena_printf(arena, "%s %u:%u", text, long_at(option->body + i) - offset,
                            long_at(option->body + i + 4) - offset);
    return text;
}

/* RFC 9768 section 3.2.3: counters of three octets. */
static const char *accecn_text(const struct scriptsegment_option *option, struct arena *arena)
{
    static const char *const names[][3] = {{"e0b", "ceb", "e1b"}, {"e1b", "ceb", "e0b"}};
    const char *text = "ECN";
    const uint8_t *at = option->body;
    for (int i = 0; 3 * i + 3 <= option->length - 2 && i < 3; i++, at += 3)
        text = arena_printf(arena, "%s %s %u", text, names[option->kind == ACCECN1][i],
                            (unsigned)(at[0] << 16 | at[1] << 8 | at[2]));
    return text;
}

static const char *option_text(const struct scriptsegment_option *option,
                               const struct scriptflow *flow, bool syn, struct arena *arena)
{
    const char *text = NULL;
    if (option->kind == NOP)
        text = "nop";
    else if (option->kind == EOL)
        text = "eol";
    else if (option->kind == MSS && option->length == 4)
        text = arena_printf(arena, "mss %u", short_at(option->body));
    else if (option->kind == WSCALE && option->length == 3)
        text = arena_printf(arena, "wscale %u", *option->body);
    else if (option->kind == SACKOK && option->length == 2)
        text = "sackOK";
    else if (option->kind == TS && option->length == 10)
        text = arena_printf(arena, "TS val %u ecr %u", long_at(option->body),
                            long_at(option->body + 4));
    else if (option->kind == SACK)
        text = sack_text(option, flow, syn, arena);
    else if (option->kind == ACCECN0 || option->kind == ACCECN1)
        text = accecn_text(option, arena);
    else if (option->kind == FO)
        text = arena_printf(arena, "FO%s%s", option->length > 2 ? " " : "",
                            hex(option->body, option->length - 2U, arena));
    else
        text = arena_printf(arena, "%u:%s", option->kind,
                            hex(option->body, option->length - 2U, arena));
    return text;
}

static const char *tcp_text(const struct scriptsegment *segment, const struct scriptflow *flow,
                            struct arena *arena)
{
    bool syn = (segment->flags & PKT_SYN) != 0;
    uint32_t first = segment->packet.seq - scriptflow_local(flow, syn);
    const char *text =
        arena_printf(arena, "%s %u:%u(%u)", scriptsegment_flags(segment->flags, arena), first,
                     first + segment->length, segment->length);
    if ((segment->flags & PKT_ACK) != 0)
        text = arena_printf(arena, "%s ack %u", text,
                            segment->packet.ack - scriptflow_remote(flow, syn));
    text = arena_printf(arena, "%s win %u", text, segment->window);
    if ((segment->flags & PKT_URG) != 0)
        text = arena_printf(arena, "%s urg %u", text, segment->urgent);
    for (size_t i = 0; i < segment->options; i++)
        text = arena_printf(arena, "%s%s%s", text, i == 0 ? " <" : ",",
                            option_text(&segment->option[i], flow, syn, arena));
    return segment->options > 0 ? arena_printf(arena, "%s>", text) : text;
}

const char *scriptsegment_text(const struct scriptsegment *segment, const struct scriptflow *flow,
                               struct arena *arena)
{
    const char *text = NULL;
    if (segment->packet.protocol == IPPROTO_TCP)
        text = tcp_text(segment, flow, arena);
    else if (segment->packet.protocol == IPPROTO_UDP)
        text = arena_printf(arena, "udp (%u)", segment->length);
    else
        text = arena_printf(arena, "icmp, protocol %u", segment->packet.protocol);
    return arena_printf(arena, "> %s", text);
}
