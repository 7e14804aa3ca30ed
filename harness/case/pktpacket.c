/* SPDX-License-Identifier: MIT */
#include "case/pktpacket.h"

#include "case/pkttcpoption.h"

#include <string.h>

/* --- IP ------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum pkt_ecn ecn;
} ecn_names[] = {
    {"noecn", PKT_ECN_NONE},  {"ect0", PKT_ECN_ECT0}, {"ect1", PKT_ECN_ECT1},
    {"ect01", PKT_ECN_ECT01}, {"ce", PKT_ECN_CE},
};

/* One word of the brackets before a packet. */
static void read_ip_field(struct pktcursor *cursor, struct pkt_packet *packet)
{
    struct pkt_word word = pktcursor_next(cursor);
    bool known = false;
    for (size_t i = 0; i < sizeof ecn_names / sizeof *ecn_names; i++)
        if (strcmp(word.text, ecn_names[i].name) == 0) {
            packet->ecn = ecn_names[i].ecn;
            known = true;
        }
    if (strcmp(word.text, "tos") == 0)
        packet->tos = (int)pktcursor_number(cursor, UINT8_MAX, "the octet of 'tos'");
    else if (strcmp(word.text, "ttl") == 0)
        packet->ttl = (int)pktcursor_number(cursor, UINT8_MAX, "the octet of 'ttl'");
    else if (!known)
        pktcursor_unknown(cursor, &word,
                          arena_printf(cursor->script->arena, "IP field %s", word.text));
}

/* "[ect0]", "[tos 0x10, ttl 64]", and the same in parentheses. */
static void read_ip(struct pktcursor *cursor, struct pkt_packet *packet)
{
    bool square = pktcursor_is(cursor, '['), round = pktcursor_is(cursor, '(');
    const char close = square ? ']' : ')';
    if (!square && !round)
        return;
    pktcursor_next(cursor);
    while (!cursor->wrong && !cursor->unknown && !pktcursor_takes(cursor, close)) {
        if (cursor->now.kind != PKT_NAME)
            pktcursor_wrong(cursor, "a field of IP: ect0, ect1, ect01, ce, noecn, tos or ttl");
        else
            read_ip_field(cursor, packet);
        pktcursor_takes(cursor, ',');
    }
}

/* --- numbers -------------------------------------------------------------------------------- */

static void read_range(struct pktcursor *cursor, struct pkt_range *range)
{
    range->mark = cursor->now.mark;
    range->width = cursor->now.width;
    range->first = (uint32_t)pktcursor_number(cursor, UINT32_MAX, "the first sequence number");
    if (pktcursor_needs(cursor, ':', "and the number behind the last octet"))
        range->end = (uint32_t)pktcursor_number(cursor, UINT32_MAX, "the last sequence number");
    if (!cursor->wrong && pktcursor_needs(cursor, '(', "and the length"))
        range->length = (uint32_t)pktcursor_number(cursor, UINT16_MAX * 4U, "the length");
    if (!cursor->wrong)
        pktcursor_needs(cursor, ')', "behind the length");
    if (!cursor->wrong && (uint32_t)(range->first + range->length) != range->end)
        complain(cursor->lex.list, range->mark, range->width, CODE_SYNTAX,
                 arena_printf(cursor->script->arena, "%u and %u octets are %u", range->first,
                              range->length, range->first + range->length),
                 "these sequence numbers end at %u", range->end);
}

/* --- ICMP ----------------------------------------------------------------------------------- */

static struct pkt_text text_of(const struct pkt_word *word)
{
    return (struct pkt_text){word->text, word->mark, word->width};
}

static void read_quoted(struct pktcursor *cursor, struct pkt_packet *packet)
{
    if (!pktcursor_takes(cursor, '['))
        return;
    packet->quotes_udp = pktcursor_takes_name(cursor, "udp");
    packet->quotes_range = !packet->quotes_udp;
    if (packet->quotes_range)
        read_range(cursor, &packet->range);
    else if (pktcursor_needs(cursor, '(', "and the length of what is quoted")) {
        packet->payload = (uint32_t)pktcursor_number(cursor, UINT16_MAX, "the length");
        pktcursor_needs(cursor, ')', "behind the length");
    }
    if (!cursor->wrong)
        pktcursor_needs(cursor, ']', "behind what is quoted");
}

static void read_icmp(struct pktcursor *cursor, struct pkt_packet *packet)
{
    packet->protocol = PKT_ICMP;
    if (cursor->now.kind != PKT_NAME) {
        pktcursor_wrong(cursor, "the type of the ICMP message");
        return;
    }
    struct pkt_word type = pktcursor_next(cursor);
    packet->icmp_type = text_of(&type);
    if (cursor->now.kind == PKT_NAME && !pktcursor_is_name(cursor, "mtu") && !cursor->now.first) {
        struct pkt_word code = pktcursor_next(cursor);
        packet->icmp_code = text_of(&code);
    }
    if (pktcursor_takes_name(cursor, "mtu")) {
        packet->has_mtu = true;
        packet->mtu = (uint32_t)pktcursor_number(cursor, UINT32_MAX, "the MTU");
    }
    read_quoted(cursor, packet);
}

static void read_udp(struct pktcursor *cursor, struct pkt_packet *packet)
{
    packet->protocol = PKT_UDP;
    if (pktcursor_needs(cursor, '(', "and the length of the payload"))
        packet->payload = (uint32_t)pktcursor_number(cursor, UINT16_MAX, "the length");
    if (!cursor->wrong)
        pktcursor_needs(cursor, ')', "behind the length");
}

/* --- TCP ------------------------------------------------------------------------------------ */

static const struct {
    char letter;
    unsigned flag;
} flag_letters[] = {
    {'F', PKT_FIN}, {'S', PKT_SYN}, {'R', PKT_RST}, {'P', PKT_PSH}, {'.', PKT_ACK},
    {'U', PKT_URG}, {'E', PKT_ECE}, {'W', PKT_CWR}, {'A', PKT_AE},
};

static bool take_flag(struct pkt_packet *packet, char letter)
{
    bool known = letter == '-';
    for (size_t i = 0; i < sizeof flag_letters / sizeof *flag_letters; i++)
        if (flag_letters[i].letter == letter) {
            packet->flags |= flag_letters[i].flag;
            known = true;
        }
    if (letter >= '0' && letter <= '7') {
        packet->ace = letter - '0';
        known = true;
    }
    return known;
}

static bool read_flags(struct pktcursor *cursor, struct pkt_packet *packet)
{
    struct pktcursor before = *cursor;
    struct pkt_word word = pktcursor_raw(cursor, "");
    bool good = word.length > 0;
    packet->flags_mark = word.mark;
    for (size_t i = 0; i < word.length && good; i++)
        good = take_flag(packet, word.text[i]);
    if (!good) {
        struct pkt_word now = word;
        *cursor = before;
        cursor->now = now;
        pktcursor_wrong(cursor, "the flags of a segment (S S. . P. F. R …), or udp, icmp");
    }
    return good;
}

static void read_tcp(struct pktcursor *cursor, struct pkt_packet *packet)
{
    if (!read_flags(cursor, packet))
        return;
    read_range(cursor, &packet->range);
    if (!cursor->wrong && pktcursor_takes_name(cursor, "ack")) {
        packet->has_ack = true;
        packet->ack = (uint32_t)pktcursor_number(cursor, UINT32_MAX, "the number of 'ack'");
    }
    if (!cursor->wrong && pktcursor_takes_name(cursor, "win")) {
        packet->has_window = true;
        packet->window = (uint32_t)pktcursor_number(cursor, UINT32_MAX, "the window");
    }
    if (!cursor->wrong && pktcursor_takes_name(cursor, "urg")) {
        packet->has_urgent = true;
        packet->urgent = (uint32_t)pktcursor_number(cursor, UINT16_MAX, "the urgent pointer");
    }
    if (!cursor->wrong && pktcursor_is(cursor, '<') && !cursor->now.first)
        pkttcpoption_read(cursor, packet);
}

/* --- all ------------------------------------------------------------------------------------ */

/* What begins a packet that the reader does not know; NULL: it does. */
static const char *unknown_kind(const struct pktcursor *cursor)
{
    static const char *const kinds[][2] = {
        {"sctp", "SCTP packet"},          {"gre", "GRE encapsulation"},
        {"mpls", "MPLS encapsulation"},   {"ipv4", "IPv4 encapsulation"},
        {"ipv6", "IPv6 encapsulation"},   {"udplite", "UDP-Lite packet"},
        {"vxlan", "VXLAN encapsulation"},
    };
    const char *found = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (pktcursor_is_name(cursor, kinds[i][0]))
            found = kinds[i][1];
    const char *colon = strpbrk(cursor->now.from, ": \t\r\n");
    bool address = colon != NULL && *colon == ':';
    return found == NULL && address ? "addresses in a packet" : found;
}

static void read_kind(struct pktcursor *cursor, struct pkt_packet *packet)
{
    const char *unknown = unknown_kind(cursor);
    if (unknown != NULL)
        pktcursor_unknown(cursor, &cursor->now, unknown);
    else if (pktcursor_takes_name(cursor, "icmp"))
        read_icmp(cursor, packet);
    else if (pktcursor_takes_name(cursor, "udp"))
        read_udp(cursor, packet);
    else
        read_tcp(cursor, packet);
}

struct pkt_packet pktpacket_read(struct pktcursor *cursor)
{
    struct pkt_packet packet = {.direction = pktcursor_is(cursor, '<') ? PKT_INBOUND : PKT_OUTBOUND,
                                .mark = cursor->now.mark,
                                .width = 1,
                                .tos = -1,
                                .ttl = -1,
                                .ace = -1};
    pktcursor_next(cursor);
    read_ip(cursor, &packet);
    if (!cursor->wrong && !cursor->unknown)
        read_kind(cursor, &packet);
    return packet;
}
