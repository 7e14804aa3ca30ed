/* SPDX-License-Identifier: MIT */
#include "observe/ledger.h"

#include <stdlib.h>
#include <string.h>

/*
 * Theory of operation. A stream is a chain of segments in the order in which they were handed
 * to the stack, and an offset that its receiver has reached. Received bytes are compared with the
 * segments from that offset on. A segment whose send is still open counts with its full length;
 * when the send ends it shrinks to what was accepted. Streams are found by hash, so that a case
 * may have many thousands of them.
 */
struct segment {
    const uint8_t *bytes; /* NULL: they are those of made */
    struct pattern made;
    size_t size;
    bool urgent; /* a byte out of band: may or may not stand in the stream (SO_OOBINLINE) */
    bool paired; /* the next one is the urgent byte of the same send */
    int next;    /* of the stream, -1: last */
};

struct stream {
    uint64_t name; /* 0: a free place */
    int first, last;
    int segment; /* where its receiver stands: -1 before the first; and bytes into it */
    size_t into;
    uint64_t offset;
};

struct message {
    int sender;
    int stream; /* within which messages keep their order; -1: none */
    int64_t number;
    const uint8_t *bytes;
    size_t size;
    int received;
};

/* In the order of arrival; number -1 for what nobody sent. */
struct message_arrival {
    int64_t number;
    int sender, stream;
};

enum { SENDER_MAX = 16, SCRATCH = 4096 };

struct ledger {
    struct segment *segments;
    size_t segment_count, segment_room;
    struct stream *streams;
    size_t stream_count, stream_room; /* a hash table: the room is a power of two */
    struct message *messages;
    size_t message_count, message_room;
    struct message_arrival *arrivals;
    size_t arrival_count, arrival_room;
    int64_t numbers[SENDER_MAX];
    bool has_streams; /* some message was one of a stream */
    uint64_t sent, accepted, received, corrupted, extra;
    int64_t first_divergence;
};

/* Makes room for one more element. False when memory is gone. */
static bool grow(void **array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    size_t wanted = *room == 0 ? 64 : *room * 2;
    void *larger = realloc(*array, wanted * size);
    if (larger == NULL)
        return false;
    *array = larger;
    *room = wanted;
    return true;
}

struct ledger *ledger_new(void)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger != NULL)
        ledger->first_divergence = -1;
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (ledger != NULL) {
        free(ledger->segments);
        free(ledger->streams);
        free(ledger->messages);
        free(ledger->arrivals);
        free(ledger);
    }
}

void ledger_clear(struct ledger *ledger)
{
    ledger->segment_count = ledger->stream_count = 0;
    ledger->message_count = ledger->arrival_count = 0;
    if (ledger->streams != NULL)
        memset(ledger->streams, 0, ledger->stream_room * sizeof *ledger->streams);
    ledger->sent = ledger->accepted = ledger->received = 0;
    ledger->corrupted = ledger->extra = 0;
    ledger->has_streams = false;
    ledger->first_divergence = -1;
    memset(ledger->numbers, 0, sizeof ledger->numbers);
}

/* The place of a name in the table: its own, or the free one where it belongs. */
static struct stream *place(struct stream *table, size_t room, uint64_t name)
{
    size_t at = name & (room - 1);
    while (table[at].name != 0 && table[at].name != name)
        at = (at + 1) & (room - 1);
    return &table[at];
}

static bool widen(struct ledger *ledger)
{
    size_t room = ledger->stream_room == 0 ? 64 : ledger->stream_room * 2;
    struct stream *table = calloc(room, sizeof *table);
    if (table == NULL)
        return false;
    for (size_t i = 0; i < ledger->stream_room; i++)
        if (ledger->streams[i].name != 0)
            *place(table, room, ledger->streams[i].name) = ledger->streams[i];
    free(ledger->streams);
    ledger->streams = table;
    ledger->stream_room = room;
    return true;
}

static struct stream *stream_of(struct ledger *ledger, uint64_t name)
{
    if (ledger->stream_count * 2 >= ledger->stream_room && !widen(ledger))
        return NULL;
    struct stream *stream = place(ledger->streams, ledger->stream_room, name);
    if (stream->name == 0) {
        *stream = (struct stream){.name = name, .first = -1, .last = -1, .segment = -1};
        ledger->stream_count++;
    }
    return stream;
}

/* Appends a segment to the stream. Its number, or -1. */
static int add_segment(struct ledger *ledger, struct stream *stream, struct segment segment)
{
    if (!grow((void **)&ledger->segments, ledger->segment_count, &ledger->segment_room,
              sizeof segment))
        return -1;
    int number = (int)ledger->segment_count++;
    segment.next = -1;
    ledger->segments[number] = segment;
    if (stream->last >= 0)
        ledger->segments[stream->last].next = number;
    else
        stream->first = number;
    stream->last = number;
    return number;
}

int ledger_sending(struct ledger *ledger, uint64_t name, const void *bytes, size_t size,
                   bool urgent)
{
    size_t plain = urgent && size > 0 ? size - 1 : size;
    struct stream *stream = name == 0 ? NULL : stream_of(ledger, name);
    ledger->sent += size;
    if (stream == NULL)
        return -1;
    int number = add_segment(
        ledger, stream, (struct segment){.bytes = bytes, .size = plain, .paired = plain < size});
    if (number >= 0 && plain < size)
        add_segment(
            ledger, stream,
            (struct segment){.bytes = (const uint8_t *)bytes + plain, .size = 1, .urgent = true});
    return number;
}

int ledger_sending_made(struct ledger *ledger, uint64_t name, const struct pattern *made,
                        size_t size)
{
    int number = ledger_sending(ledger, name, NULL, size, false);
    if (number >= 0)
        ledger->segments[number].made = *made;
    return number;
}

void ledger_sent(struct ledger *ledger, int number, size_t accepted)
{
    struct segment *segment = &ledger->segments[number];
    size_t plain = segment->size < accepted ? segment->size : accepted;
    ledger->accepted += accepted;
    segment->size = plain;
    if (segment->paired && accepted == plain)
        segment[1].size = 0;
}

/* Moves a place in a stream to its next segment with bytes left; false at the stream's end. */
static bool advance(const struct ledger *ledger, struct stream *at)
{
    bool more = true;
    while (more && (at->segment < 0 || at->into >= ledger->segments[at->segment].size)) {
        int next = at->segment < 0 ? at->first : ledger->segments[at->segment].next;
        more = next >= 0;
        if (more) {
            at->segment = next;
            at->into = 0;
        }
    }
    return more;
}

static struct divergence diverge(uint64_t offset, int expected, int observed)
{
    return (struct divergence){true, offset, expected, observed};
}

/* The bytes of the segment from into on, written to scratch where they lie nowhere; *size of them
   at most, and *size becomes how many. */
static const uint8_t *wanted(const struct segment *segment, size_t into, uint8_t *scratch,
                             size_t *size)
{
    struct pattern from = {segment->made.key, segment->made.position + into};
    *size = segment->size - into < *size ? segment->size - into : *size;
    if (segment->bytes != NULL)
        return segment->bytes + into;
    *size = *size < SCRATCH ? *size : SCRATCH;
    pattern_write(&from, scratch, *size);
    return scratch;
}

/* Compares what one segment can say about the next bytes; returns how many of them it covers. */
static size_t compare(const struct ledger *ledger, struct stream *at, const uint8_t *bytes,
                      size_t size, struct divergence *found)
{
    const struct segment *segment = &ledger->segments[at->segment];
    uint8_t scratch[SCRATCH];
    size_t take = size;
    const uint8_t *want = wanted(segment, at->into, scratch, &take);
    if (segment->urgent && *want != *bytes) {
        at->into += take; /* taken out of band: not in the stream */
        return 0;
    }
    if (memcmp(want, bytes, take) != 0) {
        size_t i = 0;
        while (want[i] == bytes[i])
            i++;
        if (!found->diverged)
            *found = diverge(at->offset + i, want[i], bytes[i]);
    }
    at->into += take;
    at->offset += take;
    return take;
}

static void note_divergence(struct ledger *ledger, const struct divergence *found)
{
    if (!found->diverged)
        return;
    ledger->corrupted++;
    if (ledger->first_divergence < 0)
        ledger->first_divergence = (int64_t)found->offset;
}

struct divergence ledger_received(struct ledger *ledger, uint64_t stream, const uint8_t *bytes,
                                  size_t size, bool peek)
{
    struct divergence found = {false, 0, -1, -1};
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    if (!peek)
        ledger->received += size;
    if (home == NULL)
        return found;
    struct stream at = *home;
    size_t done = 0;
    while (done < size && advance(ledger, &at))
        done += compare(ledger, &at, bytes + done, size - done, &found);
    if (done < size && !found.diverged)
        found = diverge(at.offset, -1, bytes[done]);
    if (!peek) {
        *home = at;
        ledger->extra += size - done;
    }
    if (!peek)
        note_divergence(ledger, &found);
    return found;
}

bool ledger_made(struct ledger *ledger, uint64_t stream, size_t size, struct pattern *made)
{
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    bool yes = home != NULL && advance(ledger, home);
    const struct segment *segment = yes ? &ledger->segments[home->segment] : NULL;
    yes = yes && segment->bytes == NULL && segment->size - home->into >= size;
    if (yes)
        *made = (struct pattern){segment->made.key, segment->made.position + home->into};
    return yes;
}

struct divergence ledger_compared(struct ledger *ledger, uint64_t stream, uint64_t size,
                                  uint64_t agreed, uint8_t odd)
{
    struct divergence found = {false, 0, -1, -1};
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    if (home != NULL && agreed < size) {
        uint8_t expected = 0;
        const struct segment *segment = &ledger->segments[home->segment];
        struct pattern there = {segment->made.key, segment->made.position + home->into + agreed};
        pattern_write(&there, &expected, 1);
        found = diverge(home->offset + agreed, expected, odd);
    }
    ledger_skipped(ledger, stream, size);
    note_divergence(ledger, &found);
    return found;
}

void ledger_skipped(struct ledger *ledger, uint64_t stream, uint64_t size)
{
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    uint64_t left = size;
    ledger->received += size;
    while (home != NULL && left > 0 && advance(ledger, home)) {
        size_t here = ledger->segments[home->segment].size - home->into;
        size_t take = here < left ? here : (size_t)left;
        home->into += take;
        home->offset += take;
        left -= take;
    }
}

uint64_t ledger_outstanding(const struct ledger *ledger, uint64_t stream)
{
    uint64_t bytes = 0;
    const struct stream *home =
        ledger->stream_room > 0 ? place(ledger->streams, ledger->stream_room, stream) : NULL;
    if (home == NULL || home->name != stream)
        return 0;
    for (int i = home->first; i >= 0; i = ledger->segments[i].next)
        bytes += ledger->segments[i].urgent ? 0 : ledger->segments[i].size;
    return bytes < home->offset ? 0 : bytes - home->offset;
}

int64_t ledger_message_sent(struct ledger *ledger, int sender, int stream, const void *bytes,
                            size_t size)
{
    int64_t number = -1;
    ledger->sent++;
    ledger->accepted++;
    ledger->has_streams = ledger->has_streams || stream >= 0;
    if (grow((void **)&ledger->messages, ledger->message_count, &ledger->message_room,
             sizeof *ledger->messages)) {
        number = ledger->numbers[sender % SENDER_MAX]++;
        ledger->messages[ledger->message_count++] =
            (struct message){sender, stream, number, bytes, size, 0};
    }
    return number;
}

/* The message with these bytes that was received least often: copies first come, last counted. */
static struct message *find_message(struct ledger *ledger, int receiver, const uint8_t *bytes,
                                    size_t size)
{
    struct message *best = NULL;
    for (size_t i = 0; i < ledger->message_count; i++) {
        struct message *one = &ledger->messages[i];
        bool equal =
            one->sender != receiver && one->size == size && memcmp(one->bytes, bytes, size) == 0;
        if (equal && (best == NULL || one->received < best->received))
            best = one;
    }
    return best;
}

int64_t ledger_message_received(struct ledger *ledger, int receiver, const uint8_t *bytes,
                                size_t size)
{
    struct message *message = find_message(ledger, receiver, bytes, size);
    int64_t number = message != NULL ? message->number : -1;
    ledger->received++;
    if (message != NULL)
        message->received++;
    else
        ledger->corrupted++;
    if (grow((void **)&ledger->arrivals, ledger->arrival_count, &ledger->arrival_room,
             sizeof *ledger->arrivals))
        ledger->arrivals[ledger->arrival_count++] = (struct message_arrival){
            number, message != NULL ? message->sender : -1, message != NULL ? message->stream : -1};
    return number;
}

static void count_messages(const struct ledger *ledger, uint64_t *lost, uint64_t *duplicated,
                           uint64_t *run)
{
    uint64_t now = 0;
    *lost = *duplicated = *run = 0;
    for (size_t i = 0; i < ledger->message_count; i++) {
        int received = ledger->messages[i].received;
        now = received == 0 ? now + 1 : 0;
        *run = now > *run ? now : *run;
        *lost += received == 0;
        *duplicated += received > 1 ? (uint64_t)received - 1 : 0;
    }
}

json_t *ledger_delivery(const struct ledger *ledger, bool messages)
{
    uint64_t lost = 0;
    uint64_t duplicated = ledger->extra;
    uint64_t run = 0;
    if (messages)
        count_messages(ledger, &lost, &duplicated, &run);
    else if (ledger->accepted > ledger->received)
        lost = ledger->accepted - ledger->received;
    json_t *delivery =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "unit", messages ? "messages" : "bytes",
                  "sent", (json_int_t)ledger->sent, "accepted", (json_int_t)ledger->accepted,
                  "received", (json_int_t)ledger->received, "lost", (json_int_t)lost, "duplicated",
                  (json_int_t)duplicated, "corrupted", (json_int_t)ledger->corrupted);
    if (ledger->first_divergence >= 0)
        json_object_set_new(delivery, "divergent_offset", json_integer(ledger->first_divergence));
    return delivery;
}

/* RFC 4737, 3.3 and 4.2: late is what comes below the highest seen; its extent is the distance to
   the earliest arrival that overtook it. */
static int64_t extent(const struct ledger *ledger, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (ledger->arrivals[j].number > ledger->arrivals[i].number)
            return (int64_t)(i - j);
    return 0;
}

/* An earlier arrival of the same stream was sent no earlier. */
static bool out_of_order(const struct ledger *ledger, size_t i)
{
    const struct message_arrival *late = &ledger->arrivals[i];
    bool found = false;
    for (size_t j = 0; j < i && late->stream >= 0 && !found; j++)
        found = ledger->arrivals[j].sender == late->sender &&
                ledger->arrivals[j].stream == late->stream &&
                ledger->arrivals[j].number >= late->number;
    return found;
}

/* Every stream's messages came in its order, once, and nothing that nobody sent. */
static bool exact_per_stream(const struct ledger *ledger)
{
    bool exact = ledger->corrupted == 0;
    for (size_t i = 0; i < ledger->arrival_count && exact; i++)
        exact = !out_of_order(ledger, i);
    return exact;
}

json_t *ledger_ordering(const struct ledger *ledger, bool messages)
{
    if (!messages)
        return json_pack("{s:b}", "exact", ledger->corrupted == 0 && ledger->extra == 0);
    int64_t reordered = 0;
    int64_t longest = 0;
    int64_t expected = 0;
    for (size_t i = 0; i < ledger->arrival_count; i++) {
        int64_t number = ledger->arrivals[i].number;
        bool late = number >= 0 && number < expected;
        int64_t distance = late ? extent(ledger, i) : 0;
        reordered += distance > 0;
        longest = distance > longest ? distance : longest;
        expected = number >= expected ? number + 1 : expected;
    }
    uint64_t lost = 0;
    uint64_t duplicated = 0;
    uint64_t run = 0;
    count_messages(ledger, &lost, &duplicated, &run);
    double ratio =
        ledger->arrival_count == 0 ? 0 : (double)reordered / (double)ledger->arrival_count;
    json_t *ordering =
        json_pack("{s:I, s:f, s:I, s:I, s:I}", "reordered", (json_int_t)reordered,
                  "reordered_ratio", ratio, "max_extent", (json_int_t)longest, "duplicated",
                  (json_int_t)duplicated, "max_loss_run", (json_int_t)run);
    if (ledger->has_streams)
        json_object_set_new(ordering, "exact", json_boolean(exact_per_stream(ledger)));
    return ordering;
}
