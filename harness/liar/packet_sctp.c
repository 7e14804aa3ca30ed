/* SPDX-License-Identifier: MIT */
/* The lies about SCTP. */
#include "liar/layers.h"

#include "packet/chunk.h"

/* Packets that hold a chunk of that kind. */
#define HOLDS(name, kind)                                                                          \
    static bool name(const struct packet *packet)                                                  \
    {                                                                                              \
        return chunk_has(packet, kind);                                                            \
    }
HOLDS(sctp_data, CHUNK_DATA)
HOLDS(sctp_init, CHUNK_INIT)
HOLDS(sctp_init_ack, CHUNK_INIT_ACK)
HOLDS(sctp_sack, CHUNK_SACK)
HOLDS(sctp_heartbeat, CHUNK_HEARTBEAT)
HOLDS(sctp_heartbeat_ack, CHUNK_HEARTBEAT_ACK)
HOLDS(sctp_abort, CHUNK_ABORT)
HOLDS(sctp_shutdown, CHUNK_SHUTDOWN)
HOLDS(sctp_shutdown_ack, CHUNK_SHUTDOWN_ACK)
HOLDS(sctp_error, CHUNK_ERROR)
HOLDS(sctp_cookie_ack, CHUNK_COOKIE_ACK)
HOLDS(sctp_shutdown_complete, CHUNK_SHUTDOWN_COMPLETE)
HOLDS(sctp_forward_tsn, CHUNK_FORWARD_TSN)
#undef HOLDS

/* Of the packet's first DATA chunk: TSN, stream, sequence number, identifier, data (RFC
   9260, 3.3.1), and its flags before them. */
enum {
    FLAGS = -3,  /* of any chunk */
    LENGTH = -2, /* so too */
    DATA_TSN = 0,
    DATA_STREAM = 4,
    DATA_SSN = 6,
    DATA_PPID = 8,
    DATA_BYTES = 12,
    ENDS = 1,
    BEGINS = 2,
    UNORDERED = 4,
    AT_ONCE = 8
};
/* Of INIT and INIT ACK; of SACK; of ABORT and ERROR; of ABORT and SHUTDOWN COMPLETE; of the packet
   (RFC 9260, 3.3.2, 3.3.4, 3.3.10, 3.3.7, 3.1). */
enum { INIT_WINDOW = 4, INIT_TAKES = 10, SACK_TSN = 0, CAUSE_CODE = 0, REFLECTED = 1, TAG = 4 };

/* The byte at that offset behind the header of the packet's first chunk of that type, or of its
   first one when it has none of that type. */
static uint8_t *chunk_at(const struct telling *telling, uint8_t type, int offset)
{
    struct chunk chunk;
    bool more = chunk_first(&chunk, telling->packet);
    while (more && chunk.type != type)
        more = chunk_next(&chunk, telling->packet);
    if (!more)
        chunk_first(&chunk, telling->packet);
    return telling->frame + (chunk.body - telling->packet->frame) + offset;
}

static int flip_data_bit(const struct telling *telling, int offset, uint8_t bit)
{
    *chunk_at(telling, CHUNK_DATA, offset) ^= bit;
    return telling_mended(telling);
}

static int flip_stream(const struct telling *telling)
{
    return flip_data_bit(telling, DATA_STREAM + 1, 1);
}

static int flip_ssn(const struct telling *telling)
{
    return flip_data_bit(telling, DATA_SSN + 1, 1);
}

static int flip_ppid(const struct telling *telling)
{
    return flip_data_bit(telling, DATA_PPID + 3, 1);
}

static int flip_unordered(const struct telling *telling)
{
    return flip_data_bit(telling, FLAGS, UNORDERED);
}

static int flip_tsn(const struct telling *telling)
{
    return flip_data_bit(telling, DATA_TSN + 3, 1);
}

static int flip_begin(const struct telling *telling)
{
    return flip_data_bit(telling, FLAGS, BEGINS);
}

static int flip_end(const struct telling *telling)
{
    return flip_data_bit(telling, FLAGS, ENDS);
}

static int flip_first_byte(const struct telling *telling)
{
    return flip_data_bit(telling, DATA_BYTES, 1);
}

static int forget_haste(const struct telling *telling)
{
    *chunk_at(telling, CHUNK_DATA, FLAGS) &= (uint8_t)~AT_ONCE;
    return telling_mended(telling);
}

/* What a sender repeats until it is answered (RFC 9260, 4). */
static bool sctp_repeated(const struct packet *packet)
{
    return sctp_init(packet) || chunk_has(packet, CHUNK_COOKIE_ECHO) || sctp_shutdown(packet);
}

static int once_only(const struct telling *telling)
{
    return telling_first_time(telling->packet) ? 1 : 0;
}

/* Its parameters become chunks, which look alike (RFC 9260, 3.2 and 3.2.1). */
static int end_init_early(const struct telling *telling)
{
    enum { ALONE = 20 };
    telling_put_16(chunk_at(telling, CHUNK_INIT, LENGTH), ALONE);
    return telling_mended(telling);
}

static int flip_tag(const struct telling *telling)
{
    *telling_transport_at(telling, TAG + 3) ^= 1;
    return telling_mended(telling);
}

/* Of an answer out of the blue, which reflects a tag: true where the T bit says so. */
static bool reflects(const struct packet *packet, uint8_t type)
{
    struct chunk chunk;
    bool more = chunk_first(&chunk, packet);
    while (more && chunk.type != type)
        more = chunk_next(&chunk, packet);
    return more && (chunk.body[FLAGS] & REFLECTED) != 0;
}

static bool sctp_reflecting_abort(const struct packet *packet)
{
    return reflects(packet, CHUNK_ABORT);
}

static bool sctp_reflecting_complete(const struct packet *packet)
{
    return reflects(packet, CHUNK_SHUTDOWN_COMPLETE);
}

static int hide_reflection(const struct telling *telling)
{
    uint8_t type = chunk_has(telling->packet, CHUNK_ABORT) ? CHUNK_ABORT : CHUNK_SHUTDOWN_COMPLETE;
    *chunk_at(telling, type, FLAGS) &= (uint8_t)~REFLECTED;
    return telling_mended(telling);
}

static int flip_abort_cause(const struct telling *telling)
{
    if (reflects(telling->packet, CHUNK_ABORT) || chunk_at(telling, CHUNK_ABORT, -1)[0] < 8)
        return 1; /* without a cause */
    *chunk_at(telling, CHUNK_ABORT, CAUSE_CODE + 1) ^= 1;
    return telling_mended(telling);
}

static int flip_error_cause(const struct telling *telling)
{
    *chunk_at(telling, CHUNK_ERROR, CAUSE_CODE + 1) ^= 1;
    return telling_mended(telling);
}

static int take_more_streams(const struct telling *telling)
{
    telling_add_16(chunk_at(telling, CHUNK_INIT, INIT_TAKES), 1);
    return telling_mended(telling);
}

static int offer_more_room(const struct telling *telling)
{
    *chunk_at(telling, CHUNK_INIT, INIT_WINDOW) |= 1; /* 16 MiB */
    return telling_mended(telling);
}

static int acknowledge_less(const struct telling *telling)
{
    telling_add_32(chunk_at(telling, CHUNK_SACK, SACK_TSN), -1);
    return telling_mended(telling);
}

static int spoil_crc(const struct telling *telling)
{
    *telling_transport_at(telling, SCTP_CHECKSUM_OFFSET) ^= 1;
    return 1;
}

const struct packet_lie packet_lies_sctp[] = {
    {"packet/sctp-stream", "sctp: DATA of another stream", sctp_data, flip_stream},
    {"packet/sctp-sequence", "sctp: DATA with another sequence number", sctp_data, flip_ssn},
    {"packet/sctp-tsn", "sctp: DATA with another TSN", sctp_data, flip_tsn},
    {"packet/sctp-ppid", "sctp: DATA with another payload protocol", sctp_data, flip_ppid},
    {"packet/sctp-unordered", "sctp: ordered DATA goes unordered", sctp_data, flip_unordered},
    {"packet/sctp-data-bit", "sctp: one bit of the data, checksum mended", sctp_data,
     flip_first_byte},
    {"packet/sctp-data-missing", "sctp: no DATA is ever sent", sctp_data, telling_missing},
    {"packet/sctp-checksum", "sctp: a wrong CRC32c of data", sctp_data, spoil_crc},
    {"packet/sctp-sack-missing", "sctp: no SACK is sent", sctp_sack, telling_missing},
    {"packet/sctp-abort-missing", "sctp: no ABORT is sent", sctp_abort, telling_missing},
    {"packet/sctp-begin-bit", "sctp: DATA says the contrary about the beginning", sctp_data,
     flip_begin},
    {"packet/sctp-end-bit", "sctp: DATA says the contrary about the end", sctp_data, flip_end},
    {"packet/sctp-immediate-bit", "sctp: DATA never asks for haste", sctp_data, forget_haste},
    {"packet/sctp-init-tag", "sctp: INIT with a tag", sctp_init, flip_tag},
    {"packet/sctp-init-ack-tag", "sctp: INIT ACK with another tag", sctp_init_ack, flip_tag},
    {"packet/sctp-init-bundled", "sctp: INIT with other chunks behind it", sctp_init,
     end_init_early},
    {"packet/sctp-again-missing", "sctp: INIT, COOKIE ECHO and SHUTDOWN go once", sctp_repeated,
     once_only},
    {"packet/sctp-init-streams", "sctp: INIT takes one stream more", sctp_init, take_more_streams},
    {"packet/sctp-init-window", "sctp: INIT offers room that there is not", sctp_init,
     offer_more_room},
    {"packet/sctp-sack-less", "sctp: SACK acknowledges one less", sctp_sack, acknowledge_less},
    {"packet/sctp-reflected-tag", "sctp: ABORT with the T bit and another tag",
     sctp_reflecting_abort, flip_tag},
    {"packet/sctp-reflection", "sctp: ABORT with a reflected tag and no T bit",
     sctp_reflecting_abort, hide_reflection},
    {"packet/sctp-complete-tag", "sctp: SHUTDOWN COMPLETE with the T bit and another tag",
     sctp_reflecting_complete, flip_tag},
    {"packet/sctp-complete-reflection", "sctp: SHUTDOWN COMPLETE that reflects without the T bit",
     sctp_reflecting_complete, hide_reflection},
    {"packet/sctp-abort-cause", "sctp: ABORT with another cause", sctp_abort, flip_abort_cause},
    {"packet/sctp-error-cause", "sctp: ERROR with another cause", sctp_error, flip_error_cause},
    {"packet/sctp-cookie-ack-missing", "sctp: no COOKIE ACK is sent", sctp_cookie_ack,
     telling_missing},
    {"packet/sctp-shutdown-missing", "sctp: no SHUTDOWN is sent", sctp_shutdown, telling_missing},
    {"packet/sctp-shutdown-ack-missing", "sctp: no SHUTDOWN ACK is sent", sctp_shutdown_ack,
     telling_missing},
    {"packet/sctp-complete-missing", "sctp: no SHUTDOWN COMPLETE is sent", sctp_shutdown_complete,
     telling_missing},
    {"packet/sctp-error-missing", "sctp: no ERROR is sent", sctp_error, telling_missing},
    {"packet/sctp-heartbeat-missing", "sctp: no HEARTBEAT is sent", sctp_heartbeat,
     telling_missing},
    {"packet/sctp-forward-missing", "sctp: no FORWARD TSN is sent", sctp_forward_tsn,
     telling_missing},
    {"packet/sctp-heartbeat-ack-missing", "sctp: no heartbeat is answered", sctp_heartbeat_ack,
     telling_missing},
    {NULL, NULL, NULL, NULL}};
