/* SPDX-License-Identifier: MIT */
/* The lies about SCTP. */
#include "liar/layers.h"

#include "packet/chunk.h"

static bool sctp_data(const struct packet *packet)
{
    return chunk_has(packet, CHUNK_DATA);
}

static bool sctp_sack(const struct packet *packet)
{
    return chunk_has(packet, CHUNK_SACK);
}

static bool sctp_abort(const struct packet *packet)
{
    return chunk_has(packet, CHUNK_ABORT);
}

static bool sctp_heartbeat_ack(const struct packet *packet)
{
    return chunk_has(packet, CHUNK_HEARTBEAT_ACK);
}

/* Of the packet's first DATA chunk: TSN, stream, sequence number, identifier, data (RFC
   9260, 3.3.1), and its flags before them. */
enum {
    DATA_FLAGS = -3,
    DATA_STREAM = 4,
    DATA_SSN = 6,
    DATA_PPID = 8,
    DATA_BYTES = 12,
    UNORDERED = 4
};

static uint8_t *data_chunk(const struct telling *telling, int offset)
{
    struct chunk chunk;
    bool more = chunk_first(&chunk, telling->packet);
    while (more && chunk.type != CHUNK_DATA)
        more = chunk_next(&chunk, telling->packet);
    return telling->frame + (chunk.body - telling->packet->frame) + offset;
}

static int flip_chunk_bit(const struct telling *telling, int offset, uint8_t bit)
{
    *data_chunk(telling, offset) ^= bit;
    return telling_mended(telling);
}

static int flip_stream(const struct telling *telling)
{
    return flip_chunk_bit(telling, DATA_STREAM + 1, 1);
}

static int flip_ssn(const struct telling *telling)
{
    return flip_chunk_bit(telling, DATA_SSN + 1, 1);
}

static int flip_ppid(const struct telling *telling)
{
    return flip_chunk_bit(telling, DATA_PPID + 3, 1);
}

static int flip_unordered(const struct telling *telling)
{
    return flip_chunk_bit(telling, DATA_FLAGS, UNORDERED);
}

static int flip_first_byte(const struct telling *telling)
{
    return flip_chunk_bit(telling, DATA_BYTES, 1);
}

static int spoil_crc(const struct telling *telling)
{
    *telling_transport_at(telling, SCTP_CHECKSUM_OFFSET) ^= 1;
    return 1;
}

const struct packet_lie packet_lies_sctp[] = {
    {"packet/sctp-stream", "sctp: DATA of another stream", sctp_data, flip_stream},
    {"packet/sctp-sequence", "sctp: DATA with another sequence number", sctp_data, flip_ssn},
    {"packet/sctp-ppid", "sctp: DATA with another payload protocol", sctp_data, flip_ppid},
    {"packet/sctp-unordered", "sctp: ordered DATA goes unordered", sctp_data, flip_unordered},
    {"packet/sctp-data-bit", "sctp: one bit of the data, checksum mended", sctp_data,
     flip_first_byte},
    {"packet/sctp-data-missing", "sctp: no DATA is ever sent", sctp_data, telling_missing},
    {"packet/sctp-checksum", "sctp: a wrong CRC32c of data", sctp_data, spoil_crc},
    {"packet/sctp-sack-missing", "sctp: no SACK is sent", sctp_sack, telling_missing},
    {"packet/sctp-abort-missing", "sctp: no ABORT is sent", sctp_abort, telling_missing},
    {"packet/sctp-heartbeat-ack-missing", "sctp: no heartbeat is answered", sctp_heartbeat_ack,
     telling_missing},
    {NULL, NULL, NULL, NULL}};
