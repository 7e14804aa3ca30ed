/* SPDX-License-Identifier: MIT */
#include "packet/field.h"

#include "base/mapped.h"

#include <string.h>

bool field_borne(const struct layer *layer, const struct field *field, const struct header *header)
{
    return header->size > 0 ? (field->bearers & layer_kind(layer, header)) != 0
                            : field->bearers == (uint32_t)ALL;
}

static bool holds(const struct header *header, const struct span *span)
{
    size_t all = header->size * 8;
    return span->bit <= all && span->bits <= all - span->bit;
}

static uint64_t get(const uint8_t *bytes, const struct span *span)
{
    uint64_t number = 0;
    size_t end = span->bit + span->bits; /* behind the last bit */
    for (size_t byte = span->bit / 8; byte * 8 < end; byte++)
        number = number << 8 | bytes[byte];
    number = number >> (8 - end % 8) % 8 & ((UINT64_C(1) << span->bits) - 1);
    return number;
}

static int64_t number_at(const struct header *header, const struct span *span)
{
    int64_t number = (int64_t)get(header->bytes, span);
    switch (span->counted) {
    case FROM_ZERO:
        break;
    case FROM_SENDER:
        number = (uint32_t)number - header->packet->first_of_sender;
        break;
    case FROM_RECEIVER:
        number = (uint32_t)number - header->packet->first_of_receiver;
        break;
    }
    return number + span->more;
}

static struct in6_addr host_at(const uint8_t *bytes, const struct span *span)
{
    struct in6_addr host;
    if (span->bits == 32)
        host = mapped_address(bytes + span->bit / 8);
    else
        memcpy(&host, bytes + span->bit / 8, sizeof host);
    return host;
}

bool field_read(const struct layer *layer, const struct field *field, const struct header *header,
                struct value *value)
{
    struct span span = {0};
    bool has = field_borne(layer, field, header);
    if (has)
        span = field->at(header);
    if (!has || !holds(header, &span))
        return false;
    switch (field->type) {
    case FIELD_CHECKSUM:
        value->sum = layer->sum(header);
        value->number = number_at(header, &span);
        break;
    case FIELD_NUMBER:
    case FIELD_FLAGS:
    case FIELD_CHUNK:
    case FIELD_WORD:
        value->number = number_at(header, &span);
        break;
    case FIELD_HOST:
        value->host = host_at(header->bytes, &span);
        break;
    case FIELD_BYTES:
    case FIELD_PACKET:
    case FIELD_OPTIONS:
    case FIELD_BLOCKS:
        value->bytes = header->bytes + span.bit / 8;
        value->size = span.bits / 8;
        break;
    }
    return true;
}

bool field_takes(const struct field *field, const struct header *header, int64_t number)
{
    struct span span = field->at(header);
    int64_t written = number - span.more;
    return holds(header, &span) && span.bits <= 32 && written >= 0 &&
           written < INT64_C(1) << span.bits && number <= field->most;
}

void field_write(const struct field *field, const struct header *header, uint8_t *bytes,
                 int64_t number)
{
    struct span span = field->at(header);
    uint64_t left = (uint64_t)(number - span.more);
    for (size_t i = 0; i < span.bits; i++, left >>= 1) {
        size_t bit = span.bit + span.bits - 1 - i;
        uint8_t mask = (uint8_t)(0x80U >> bit % 8);
        bytes[bit / 8] = (uint8_t)(left & 1 ? bytes[bit / 8] | mask : bytes[bit / 8] & ~mask);
    }
}
