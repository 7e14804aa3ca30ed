/* SPDX-License-Identifier: MIT */
#include "case/pkttcpoption.h"

#include <ctype.h>
#include <string.h>

static void read_nothing(struct pktcursor *cursor, struct pkt_tcp_option *option)
{
    (void)cursor;
    (void)option;
}

static void read_mss(struct pktcursor *cursor, struct pkt_tcp_option *option)
{
    option->number = (uint32_t)pktcursor_number(cursor, UINT16_MAX, "the MSS");
}

static void read_wscale(struct pktcursor *cursor, struct pkt_tcp_option *option)
{
    option->number = (uint32_t)pktcursor_number(cursor, UINT8_MAX, "the shift of the window");
}

static void read_ts(struct pktcursor *cursor, struct pkt_tcp_option *option)
{
    if (!pktcursor_takes_name(cursor, "val"))
        pktcursor_wrong(cursor, "TS val NUMBER ecr NUMBER");
    option->number = (uint32_t)pktcursor_number(cursor, UINT32_MAX, "the value of the time stamp");
    if (!cursor->wrong && !pktcursor_takes_name(cursor, "ecr"))
        pktcursor_wrong(cursor, "ecr NUMBER");
    if (!cursor->wrong)
        option->second = (uint32_t)pktcursor_number(cursor, UINT32_MAX, "the echo of 'ecr'");
}

static void read_sack(struct pktcursor *cursor, struct pkt_tcp_option *option)
{
    while (!cursor->wrong && cursor->now.kind == PKT_NUMBER) {
        struct pkt_range block = {.mark = cursor->now.mark, .width = cursor->now.width};
        block.first = (uint32_t)pktcursor_number(cursor, UINT32_MAX, "the left edge");
        if (pktcursor_needs(cursor, ':', "and the right edge of the block"))
            block.end = (uint32_t)pktcursor_number(cursor, UINT32_MAX, "the right edge");
        if (option->blocks < PKT_BLOCKS_MAX)
            option->block[option->blocks] = block;
        else
            pktcursor_wrong(cursor, "at most four blocks");
        option->blocks++;
    }
}

static int hex_digit(char byte)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = byte != '\0' ? strchr(digits, byte) : NULL;
    return found != NULL ? (int)(found - digits) % 16 : -1;
}

/* A name stands for octets that were defined where packetdrill is started. */
static bool is_defined_name(const struct pkt_word *word)
{
    bool name = word->length > 0 && (isalpha((unsigned char)*word->text) || *word->text == '_');
    bool digits = true;
    for (size_t i = 0; i < word->length; i++) {
        name = name && (isalnum((unsigned char)word->text[i]) || word->text[i] == '_');
        digits = digits && hex_digit(word->text[i]) >= 0;
    }
    return name && !digits;
}

/* Octets in hexadecimal digits, or nothing. */
static void read_octets(struct pktcursor *cursor, struct pkt_tcp_option *option)
{
    if (pktcursor_is(cursor, ',') || pktcursor_is(cursor, '>'))
        return;
    struct pktcursor before = *cursor;
    struct pkt_word word = pktcursor_raw(cursor, ",>");
    bool good = word.length % 2 == 0 && word.length / 2 <= sizeof option->bytes;
    for (size_t i = 0; i < word.length && good; i++) {
        good = hex_digit(word.text[i]) >= 0;
        option->bytes[i / 2] =
            (uint8_t)(option->bytes[i / 2] << 4 | (good ? hex_digit(word.text[i]) : 0));
    }
    option->length = word.length / 2;
    if (is_defined_name(&word)) {
        pktcursor_unknown(
            cursor, &word,
            arena_printf(cursor->script->arena, "the name %s, which nothing defines", word.text));
    } else if (!good) {
        *cursor = before;
        pktcursor_wrong(cursor, "octets as pairs of hexadecimal digits");
    }
}

/* e0b 1 ceb 0 e1b 1: counters of three octets; which is the first says in which order they are. */
static void read_accecn(struct pktcursor *cursor, struct pkt_tcp_option *option)
{
    enum { MOST = (1 << 24) - 1 };
    static const char *const orders[][3] = {{"e0b", "ceb", "e1b"}, {"e1b", "ceb", "e0b"}};
    size_t order = pktcursor_is_name(cursor, orders[1][0]) ? 1 : 0;
    option->kind = order == 0 ? PKT_OPTION_ACCECN0 : PKT_OPTION_ACCECN1;
    for (size_t i = 0; i < 3 && !cursor->wrong && cursor->now.kind == PKT_NAME; i++) {
        if (!pktcursor_takes_name(cursor, orders[order][i]))
            pktcursor_wrong(cursor, "e0b, ceb and e1b, or e1b, ceb and e0b, each with a number");
        uint64_t count = pktcursor_number(cursor, MOST, "the counter");
        for (int shift = 16; shift >= 0; shift -= 8)
            option->bytes[option->length++] = (uint8_t)(count >> shift);
    }
}

static const struct {
    const char *name;
    enum pkt_option_kind kind;
    void (*read)(struct pktcursor *cursor, struct pkt_tcp_option *option);
} options[] = {
    {"mss", PKT_OPTION_MSS, read_mss},           {"wscale", PKT_OPTION_WSCALE, read_wscale},
    {"sackOK", PKT_OPTION_SACKOK, read_nothing}, {"nop", PKT_OPTION_NOP, read_nothing},
    {"eol", PKT_OPTION_EOL, read_nothing},       {"TS", PKT_OPTION_TS, read_ts},
    {"sack", PKT_OPTION_SACK, read_sack},        {"FO", PKT_OPTION_FO, read_octets},
    {"FOEXP", PKT_OPTION_FOEXP, read_octets},    {"md5", PKT_OPTION_MD5, read_octets},
    {"ECN", PKT_OPTION_ACCECN0, read_accecn},
};

enum { OPTION_COUNT = sizeof options / sizeof *options };

const char *pkttcpoption_name(enum pkt_option_kind kind)
{
    const char *name = "ECN";
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (options[i].kind == kind)
            name = options[i].name;
    return name;
}

static void read_one(struct pktcursor *cursor, struct pkt_tcp_option *option)
{
    struct pkt_word word = pktcursor_next(cursor);
    size_t at = 0;
    while (at < OPTION_COUNT && strcmp(word.text, options[at].name) != 0)
        at++;
    option->mark = word.mark;
    if (at == OPTION_COUNT) {
        pktcursor_unknown(cursor, &word,
                          arena_printf(cursor->script->arena, "TCP option %s", word.text));
    } else {
        option->kind = options[at].kind;
        options[at].read(cursor, option);
    }
}

/* One option and what stands behind it; false at the end. */
static bool read_next(struct pktcursor *cursor, struct pkt_packet *packet,
                      struct pkt_tcp_option ***end)
{
    struct pkt_tcp_option *option = arena_alloc(cursor->script->arena, sizeof *option);
    if (cursor->now.kind != PKT_NAME) {
        pktcursor_wrong(cursor, "a TCP option: mss, sackOK, TS, nop, wscale, sack, eol, FO …");
        return false;
    }
    read_one(cursor, option);
    **end = option;
    *end = &option->next;
    packet->option_count++;
    if (cursor->wrong || cursor->unknown || pktcursor_takes(cursor, '>'))
        return false;
    if (!pktcursor_takes(cursor, ','))
        pktcursor_wrong(cursor, "',' and another option, or '>'");
    return !cursor->wrong;
}

void pkttcpoption_read(struct pktcursor *cursor, struct pkt_packet *packet)
{
    struct pkt_tcp_option **end = &packet->options;
    bool more = true;
    pktcursor_next(cursor);
    if (cursor->now.kind == PKT_ELLIPSIS) {
        packet->any_options = true;
        pktcursor_next(cursor);
        more = false;
        pktcursor_needs(cursor, '>', "behind ...");
    } else if (pktcursor_takes(cursor, '>')) {
        more = false;
    }
    while (more)
        more = read_next(cursor, packet, &end);
}
