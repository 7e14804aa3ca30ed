/* SPDX-License-Identifier: MIT */
#include "packet/sctp.h"

#include "packet/fieldtable.h"

enum { DATA_HEADER = 16, CAUSE = 4, CAUSE_HEADER = 4 };

static const struct flag chunk_flags[] = {
#define CHUNK_FLAG(name, bit, bearers) {#name, bit, bearers},
#include "packet/flag.def"
    {.name = NULL}};

static uint8_t type_of(const struct header *header)
{
    return header->bytes[0];
}

/* Of DATA: the length of the chunk without its header. */
static struct span data_size(const struct header *header)
{
    return header->size < DATA_HEADER ? nowhere() : more(word(2), -DATA_HEADER);
}

/* What a DATA chunk carries, and the first cause of an ABORT or ERROR (RFC 9260 section 3.3.10). */
static struct span data_bytes(const struct header *header)
{
    const uint8_t *cause = header->bytes + CAUSE;
    size_t begin = type_of(header) == CHUNK_DATA ? DATA_HEADER : CAUSE + CAUSE_HEADER;
    if (header->size < begin)
        return nowhere();
    size_t end = header->size;
    if (type_of(header) != CHUNK_DATA)
        end = CAUSE + (size_t)(cause[2] << 8 | cause[3]);
    return end < begin || end > header->size ? nowhere() : octets(begin, end - begin);
}

/* A FORWARD TSN counts as its sender does; the others acknowledge. */
static struct span cum_tsn(const struct header *header)
{
    return type_of(header) == CHUNK_FORWARD_TSN ? of_sender(longer(4)) : of_receiver(longer(4));
}

/* The packet itself tells nowhere how many chunks it holds. */
static struct span chunk_count(const struct header *header)
{
    int count = 0;
    struct chunk chunk;
    for (bool has = chunk_first(&chunk, header->packet); has;
         has = chunk_next(&chunk, header->packet))
        count++;
    return more(bits(0, 0), count);
}

#define SCTP FIELD_AT
#define CHUNK FIELD_AT
#include "packet/field.def"

static const struct field packet_fields[] = {
#define SCTP FIELD_LINE
#include "packet/field.def"
    FIELD_END};

static const struct field chunk_fields[] = {
#define CHUNK FIELD_LINE
#include "packet/field.def"
    FIELD_END};

static enum sum sum(const struct header *header)
{
    return header->packet->checksum_valid ? SUM_RIGHT : SUM_WRONG;
}

/* One bit for each line of chunk.def, and the last for what has none. */
static uint32_t kind(int family, uint8_t type)
{
    uint32_t found = OF_STRANGE;
    (void)family;
    for (size_t i = 0; chunk_names[i] != NULL && found == OF_STRANGE; i++)
        if (chunk_types[i] == type)
            found = UINT32_C(1) << i;
    return found;
}

struct header sctp_chunk(const struct packet *packet, const struct chunk *chunk)
{
    size_t from = (size_t)(chunk->body - CHUNK_HEADER - packet->frame);
    return header_between(packet, from, from + CHUNK_HEADER + chunk->body_size);
}

const struct layer sctp_layer = {.name = "sctp",
                                 .noun = "an SCTP packet",
                                 .fields = packet_fields,
                                 .protocol = {IPPROTO_SCTP, IPPROTO_SCTP},
                                 .sum = sum,
                                 .parts = &chunk_layer};
const struct layer chunk_layer = {.name = "sctp",
                                  .noun = "a chunk",
                                  .fields = chunk_fields,
                                  .kind = kind,
                                  .kind_names = chunk_names,
                                  .decides = "chunk"};
