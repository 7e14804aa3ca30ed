/* SPDX-License-Identifier: MIT */
#include "packet/tcp.h"

#include "packet/fieldtable.h"

enum { TCP_HEADER = 20, DEFAULT_WINDOW = 65535, ACK = 16 };
enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2 }; /* RFC 9293, 3.2 */

static const struct flag tcp_flags[] = {
#define TCP_FLAG(name, bit) {#name, bit, (uint32_t)ALL},
#include "packet/flag.def"
    {.name = NULL}};

/* Where the value of the first option of that kind and length stands. */
static struct span option(const struct header *header, uint8_t kind, size_t length)
{
    struct span span = nowhere();
    size_t at = TCP_HEADER;
    while (at < header->size && header->bytes[at] != OPTION_END && span.bits == 0) {
        const uint8_t *one = header->bytes + at;
        size_t size = *one == OPTION_NOP ? 1 : at + 1 < header->size ? one[1] : 0;
        if (size == 0 || at + size > header->size)
            break;
        if (*one == kind && size == length)
            span = octets(at + 2, length - 2);
        at += size;
    }
    return span;
}

static struct span mss_option(const struct header *header)
{
    return option(header, OPTION_MSS, 4);
}

#define TCP FIELD_AT
#include "packet/field.def"

static const struct field fields[] = {
#define TCP FIELD_LINE
#include "packet/field.def"
    FIELD_END};

enum {
#define TCP(name, ...) GIVES_##name,
#include "packet/field.def"
};

static enum sum sum(const struct header *header)
{
    return header->packet->checksum_valid ? SUM_RIGHT : SUM_WRONG;
}

/* A segment that acknowledges says so, unless its flags are given. */
static void fill(const struct blank *blank)
{
    blank->bytes[12] = TCP_HEADER / 4 << 4;
    blank->bytes[13] = blank->given >> GIVES_ack & 1 ? ACK : 0;
    blank->bytes[14] = DEFAULT_WINDOW >> 8;
    blank->bytes[15] = DEFAULT_WINDOW & 255;
}

const struct layer tcp_layer = {.name = "tcp",
                                .noun = "a TCP segment",
                                .fields = fields,
                                .protocol = {IPPROTO_TCP, IPPROTO_TCP},
                                .sum = sum,
                                .made_size = TCP_HEADER,
                                .fill = fill};
