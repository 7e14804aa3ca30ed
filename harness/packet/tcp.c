/* SPDX-License-Identifier: MIT */
#include "packet/tcp.h"

#include "packet/fieldtable.h"
#include "packet/headoption.h"

enum { TCP_HEADER = 20, DEFAULT_WINDOW = 65535, ACK = 16 };

static const struct flag tcp_flags[] = {
#define TCP_FLAG(name, bit) {#name, bit, (uint32_t)ALL},
#include "packet/flag.def"
    {.name = NULL}};

/* Where the value of the first option that tells the largest segment stands. */
static struct span mss_option(const struct header *header)
{
    struct span span = nowhere();
    struct value area = {.bytes = header->bytes + TCP_HEADER, .size = header->size - TCP_HEADER};
    const struct headoption_kind *mss = headoption_named(&headoption_tcp, "mss");
    struct headoption option;
    bool more =
        header->size > TCP_HEADER && headoption_first(&headoption_tcp, header, &area, &option);
    for (; more && span.bits == 0; more = headoption_next(&headoption_tcp, &area, &option))
        if (option.kind == mss)
            span = word((size_t)(option.header.bytes - header->bytes) + 2);
    return span;
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
    blank->bytes[12] = (uint8_t)(blank->header_size / 4 << 4);
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
