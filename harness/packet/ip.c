/* SPDX-License-Identifier: MIT */
#include "packet/ip.h"

#include "packet/fieldtable.h"
#include "packet/headoption.h"

#include <string.h>

enum { DEFAULT_TTL = 64, IP4_HEADER = 20, IP6_HEADER = 40 };

#define IP FIELD_AT
#include "packet/field.def"

static const struct field fields[] = {
#define IP FIELD_LINE
#include "packet/field.def"
    FIELD_END};

const char *const ip_ecn_words[] = {"not-ect", "ect1", "ect0", "ce", NULL};

static uint32_t kind(int family, uint8_t first)
{
    (void)first;
    return family == AF_INET6 ? OF_IP6 : OF_IP4;
}

static enum sum sum(const struct header *header)
{
    size_t size = (size_t)(header->bytes[0] & 15) * 4;
    return packet_checksum(0, header->bytes, size) == 0xffff ? SUM_RIGHT : SUM_WRONG;
}

static void fill(const struct blank *blank)
{
    uint8_t *at = blank->bytes;
    bool six = blank->family == AF_INET6;
    size_t length = six ? blank->size - IP6_HEADER : blank->size;
    at[0] = (uint8_t)(six ? 0x60 : 0x40 | blank->header_size / 4);
    at[six ? 4 : 2] = (uint8_t)(length >> 8);
    at[six ? 5 : 3] = (uint8_t)length;
    at[six ? 6 : 9] = blank->first_extension;
    at[blank->names_transport] = blank->protocol;
    at[six ? 7 : 8] = DEFAULT_TTL;
    memcpy(at + (six ? 8 : 12), blank->source->s6_addr + (six ? 0 : 12), six ? 16 : 4);
    memcpy(at + (six ? 24 : 16), blank->destination->s6_addr + (six ? 0 : 12), six ? 16 : 4);
}

static const char *const kind_names[] = {"IPv4", "IPv6", NULL};

const struct layer ip_layer = {.name = "ip",
                               .noun = "an IP packet",
                               .fields = fields,
                               .kind = kind,
                               .kind_names = kind_names,
                               .sum = sum,
                               .made_size = IP4_HEADER,
                               .fill = fill};
