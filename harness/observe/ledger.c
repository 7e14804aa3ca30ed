/* SPDX-License-Identifier: MIT */
#include "observe/ledger.h"

#include "base/arena.h"
#include "base/array.h"
#include "observe/chain.h"

#include <stdlib.h>
#include <string.h>

/*
 * Theory of operation. A stream is a chain of segments in the order in which they were handed
 * to the stack, and the spots that its receiver may have reached. Received bytes are walked along
 * the chain from there. A segment whose send is still open counts with its full length; when the
 * send ends it shrinks to what was accepted. Streams are found by hash, so that a case may have
 * many thousands of them. What differs where there is an excuse is nobody's fault: from then on the
 * stream is not followed.
 */
struct stream {
    uint64_t name; /* 0: a free place */
    int first, last;
    struct spots spots;
    bool blind;         /* not followed any more */
    uint64_t offset;    /* of what was received */
    int64_t peek;       /* where peeks begin (SO_PEEK_OFF); LEDGER_PEEK_* */
    const char *excuse; /* why bytes may differ, or NULL */
};

/* A longer send may go in parts, each of which ends with an urgent byte. */
enum { URGENT_WHOLE = 4096 };

struct ledger {
    struct segment *segments;
    size_t segment_count, segment_room;
    struct stream *streams;
    size_t stream_count, stream_room; /* a hash table: the room is a power of two */
    struct messages messages;
    uint64_t sent, accepted, received, corrupted, extra;
    int64_t first_divergence;
    const char *excuse;     /* of every stream */
    const char *stood_back; /* why some stream is not followed, or NULL */
};

struct ledger *ledger_new(void)
{
    struct ledger *ledger = arena_must(calloc(1, sizeof *ledger));
    ledger->first_divergence = -1;
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (ledger != NULL) {
        free(ledger->segments);
        free(ledger->streams);
        messages_free(&ledger->messages);
        free(ledger);
    }
}

void ledger_clear(struct ledger *ledger)
{
    ledger->segment_count = ledger->stream_count = 0;
    messages_clear(&ledger->messages);
    if (ledger->streams != NULL)
        memset(ledger->streams, 0, ledger->stream_room * sizeof *ledger->streams);
    ledger->sent = ledger->accepted = ledger->received = 0;
    ledger->corrupted = ledger->extra = 0;
    ledger->first_divergence = -1;
    ledger->excuse = ledger->stood_back = NULL;
}

/* The place of a name in the table: its own, or the free one where it belongs. */
static struct stream *place(struct stream *table, size_t room, uint64_t name)
{
    size_t at = name & (room - 1);
    while (table[at].name != 0 && table[at].name != name)
        at = (at + 1) & (room - 1);
    return &table[at];
}

static void widen(struct ledger *ledger)
{
    size_t room = ledger->stream_room == 0 ? 64 : ledger->stream_room * 2;
    struct stream *table = arena_must(calloc(room, sizeof *table));
    for (size_t i = 0; i < ledger->stream_room; i++)
        if (ledger->streams[i].name != 0)
            *place(table, room, ledger->streams[i].name) = ledger->streams[i];
    free(ledger->streams);
    ledger->streams = table;
    ledger->stream_room = room;
}

static struct stream fresh(uint64_t name)
{
    return (struct stream){.name = name,
                           .first = -1,
                           .last = -1,
                           .spots = {.at = {{-1, 0}}, .count = 1},
                           .peek = LEDGER_PEEK_OFF};
}

static struct stream *stream_of(struct ledger *ledger, uint64_t name)
{
    if (ledger->stream_count * 2 >= ledger->stream_room)
        widen(ledger);
    struct stream *stream = place(ledger->streams, ledger->stream_room, name);
    if (stream->name == 0) {
        *stream = fresh(name);
        ledger->stream_count++;
    }
    return stream;
}

/* Appends a segment to the stream. Its number. */
static int add_segment(struct ledger *ledger, struct stream *stream, struct segment segment)
{
    array_grow((void **)&ledger->segments, ledger->segment_count, &ledger->segment_room,
               sizeof segment);
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
    if (urgent && size > URGENT_WHOLE)
        stream->excuse = "urgent bytes in the middle of a long send";
    int number = add_segment(
        ledger, stream, (struct segment){.bytes = bytes, .size = plain, .paired = plain < size});
    if (plain < size)
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

/* Of an urgent send of which a part was accepted the last byte of that is the urgent one (tcp(7)).
 */
static void end_urgent(struct segment *segment, size_t accepted)
{
    struct segment *urgent = &segment[1];
    if (accepted == 0) {
        segment->size = urgent->size = 0;
    } else if (accepted <= segment->size) {
        urgent->bytes = segment->bytes + accepted - 1;
        segment->size = accepted - 1;
    }
}

void ledger_sent(struct ledger *ledger, int number, size_t accepted)
{
    struct segment *segment = &ledger->segments[number];
    ledger->accepted += accepted;
    if (segment->paired)
        end_urgent(segment, accepted);
    else if (accepted < segment->size)
        segment->size = accepted;
}

static struct walked walk(const struct ledger *ledger, const struct stream *stream,
                          const uint8_t *bytes, size_t size)
{
    return chain_walk(ledger->segments, stream->first, &stream->spots, bytes, size);
}

static const char *excuse_of(const struct ledger *ledger, const struct stream *stream)
{
    return stream->excuse != NULL ? stream->excuse : ledger->excuse;
}

/* What a walk that did not fit says: a divergence, or with an excuse nothing. */
static struct divergence differ(const struct ledger *ledger, const struct stream *at,
                                const struct walked *walked, const uint8_t *bytes)
{
    struct divergence found = {.excuse = excuse_of(ledger, at)};
    if (walked->unclear && found.excuse == NULL)
        found.excuse = "urgent bytes that look like those beside them";
    if (found.excuse == NULL) {
        found.diverged = true;
        found.offset = at->offset + walked->agreed;
        found.expected = walked->expected;
        found.observed = bytes[walked->agreed];
    }
    return found;
}

static void note_divergence(struct ledger *ledger, const struct divergence *found)
{
    if (!found->diverged)
        return;
    ledger->corrupted++;
    if (ledger->first_divergence < 0)
        ledger->first_divergence = (int64_t)found->offset;
}

static void stand_back(struct ledger *ledger, struct stream *stream, const char *why)
{
    stream->blind = true;
    ledger->stood_back = ledger->stood_back != NULL ? ledger->stood_back : why;
}

/* So many bytes are gone from the front: to wherever the walk leads. */
static void leave_behind(struct ledger *ledger, struct stream *stream, const struct walked *walked,
                         size_t size)
{
    stream->offset += size;
    if (stream->peek > 0)
        stream->peek = (uint64_t)stream->peek > size ? stream->peek - (int64_t)size : 0;
    if (walked->unclear)
        stand_back(ledger, stream, "urgent bytes that look like those beside them");
    else if (walked->whole)
        stream->spots = walked->spots;
    else /* beyond all that was sent */
        stream->spots = (struct spots){
            .at = {{stream->last, stream->last < 0 ? 0 : ledger->segments[stream->last].size}},
            .count = 1};
}

/* Looks at bytes that stay, from where peeks begin (socket(7), SO_PEEK_OFF). */
static struct divergence look(struct ledger *ledger, struct stream *home, const uint8_t *bytes,
                              size_t size)
{
    struct divergence found = {.excuse = NULL};
    struct stream at = *home;
    if (home->peek == LEDGER_PEEK_UNKNOWN) {
        found.excuse = "a splice, after which nobody says where SO_PEEK_OFF stands";
        return found;
    }
    if (home->peek > 0) {
        at.spots = walk(ledger, home, NULL, (size_t)home->peek).spots;
        at.offset += (uint64_t)home->peek;
    }
    struct walked walked = walk(ledger, &at, bytes, size);
    if (!walked.whole || walked.unclear)
        found = differ(ledger, &at, &walked, bytes);
    if (home->peek >= 0)
        home->peek += (int64_t)size;
    return found;
}

static struct divergence take(struct ledger *ledger, struct stream *home, const uint8_t *bytes,
                              size_t size)
{
    struct divergence found = {.excuse = NULL};
    struct walked walked = walk(ledger, home, bytes, size);
    if (!walked.whole) {
        found = differ(ledger, home, &walked, bytes);
        note_divergence(ledger, &found);
        walked = walk(ledger, home, NULL, size);
        if (!walked.whole && found.diverged)
            ledger->extra += size - walked.agreed;
    }
    leave_behind(ledger, home, &walked, size);
    if (found.excuse != NULL)
        stand_back(ledger, home, found.excuse);
    return found;
}

struct divergence ledger_received(struct ledger *ledger, uint64_t stream, const uint8_t *bytes,
                                  size_t size, bool peek)
{
    struct divergence found = {.excuse = NULL};
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    if (!peek)
        ledger->received += size;
    if (home != NULL && !home->blind)
        found = peek ? look(ledger, home, bytes, size) : take(ledger, home, bytes, size);
    else if (home != NULL && !peek)
        home->offset += size;
    return found;
}

bool ledger_made(struct ledger *ledger, uint64_t stream, size_t size, struct pattern *made)
{
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    struct spot spot = {-1, 0};
    bool yes = home != NULL && !home->blind && home->spots.count == 1;
    if (yes)
        spot = home->spots.at[0];
    yes = yes && chain_next(ledger->segments, home->first, &spot);
    const struct segment *segment = yes ? &ledger->segments[spot.segment] : NULL;
    yes = yes && segment->bytes == NULL && segment->size - spot.into >= size;
    if (yes) {
        *made = (struct pattern){segment->made.key, segment->made.position + spot.into};
        home->spots.at[0] = spot;
    }
    return yes;
}

struct divergence ledger_compared(struct ledger *ledger, uint64_t stream, uint64_t size,
                                  uint64_t agreed, uint8_t odd)
{
    struct divergence found = {.excuse = NULL};
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    if (home != NULL && agreed < size && !home->blind) {
        uint8_t expected = 0;
        const struct spot *spot = &home->spots.at[0];
        const struct segment *segment = &ledger->segments[spot->segment];
        struct pattern there = {segment->made.key, segment->made.position + spot->into + agreed};
        pattern_write(&there, &expected, 1);
        struct walked walked = {.agreed = 0, .expected = expected};
        found = differ(ledger, home, &walked, &odd);
        found.offset += found.diverged ? agreed : 0;
    }
    ledger_skipped(ledger, stream, size);
    note_divergence(ledger, &found);
    if (found.excuse != NULL)
        stand_back(ledger, home, found.excuse);
    return found;
}

void ledger_skipped(struct ledger *ledger, uint64_t stream, uint64_t size)
{
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    ledger->received += size;
    if (home == NULL)
        return;
    struct walked walked = walk(ledger, home, NULL, size);
    leave_behind(ledger, home, &walked, size);
}

struct divergence ledger_urgent(struct ledger *ledger, uint64_t stream, uint8_t byte)
{
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    struct divergence found = {.excuse = NULL};
    bool known = home == NULL || home->blind;
    for (int i = known ? -1 : home->first; i >= 0 && !known; i = ledger->segments[i].next) {
        const struct segment *one = &ledger->segments[i];
        known = one->urgent && one->size > 0 && *one->bytes == byte;
    }
    struct walked walked = {.agreed = 0, .expected = -1};
    if (!known)
        found = differ(ledger, home, &walked, &byte);
    return found;
}

void ledger_joined(struct ledger *ledger, uint64_t stream)
{
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    if (home != NULL)
        *home = fresh(stream);
}

void ledger_peek_from(struct ledger *ledger, uint64_t stream, int64_t offset)
{
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    if (home != NULL && (offset != LEDGER_PEEK_UNKNOWN || home->peek >= 0))
        home->peek = offset;
}

void ledger_peeked(struct ledger *ledger, uint64_t stream, uint64_t size)
{
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    if (home != NULL && home->peek >= 0)
        home->peek += (int64_t)size;
}

bool ledger_peeks_on(struct ledger *ledger, uint64_t stream)
{
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    return home != NULL && home->peek >= 0;
}

void ledger_excuse(struct ledger *ledger, uint64_t stream, const char *why)
{
    struct stream *home = stream == 0 ? NULL : stream_of(ledger, stream);
    if (stream == 0)
        ledger->excuse = why;
    else if (home != NULL && home->excuse == NULL)
        home->excuse = why;
}

/* Plain bytes behind the first of the spots. */
static uint64_t behind(const struct ledger *ledger, const struct stream *home)
{
    struct spot spot = home->spots.at[0];
    uint64_t bytes = 0;
    if (!chain_next(ledger->segments, home->first, &spot))
        return 0;
    for (int i = spot.segment; i >= 0; i = ledger->segments[i].next)
        bytes += ledger->segments[i].urgent ? 0 : ledger->segments[i].size;
    return ledger->segments[spot.segment].urgent ? bytes : bytes - spot.into;
}

bool ledger_carries(const struct ledger *ledger, uint64_t stream)
{
    const struct stream *home =
        ledger->stream_room > 0 ? place(ledger->streams, ledger->stream_room, stream) : NULL;
    return home != NULL && home->name == stream && home->first >= 0;
}

uint64_t ledger_outstanding(const struct ledger *ledger, uint64_t stream)
{
    uint64_t bytes = 0;
    const struct stream *home =
        ledger->stream_room > 0 ? place(ledger->streams, ledger->stream_room, stream) : NULL;
    if (home == NULL || home->name != stream)
        return 0;
    if (!home->blind)
        return behind(ledger, home);
    for (int i = home->first; i >= 0; i = ledger->segments[i].next)
        bytes += ledger->segments[i].urgent ? 0 : ledger->segments[i].size;
    return bytes < home->offset ? 0 : bytes - home->offset;
}

int64_t ledger_message_sent(struct ledger *ledger, int sender, int stream, const void *bytes,
                            size_t size)
{
    ledger->sent++;
    ledger->accepted++;
    return messages_add(&ledger->messages, sender, stream, bytes, size);
}

int64_t ledger_message_received(struct ledger *ledger, int receiver, struct message_part part)
{
    int64_t number = messages_arrive(&ledger->messages, receiver, part);
    ledger->received++;
    ledger->corrupted += number < 0;
    return number;
}

int64_t ledger_message_seen(const struct ledger *ledger, int receiver, struct message_part part)
{
    return messages_look(&ledger->messages, receiver, part);
}

bool ledger_messages_excuse(struct ledger *ledger, const char *why)
{
    bool first = ledger->stood_back == NULL;
    ledger->stood_back = first ? why : ledger->stood_back;
    return first;
}

json_t *ledger_delivery(const struct ledger *ledger, bool messages)
{
    struct messages_counts counts = {.lost = 0, .duplicated = ledger->extra};
    if (messages)
        counts = messages_count(&ledger->messages);
    else if (ledger->accepted > ledger->received)
        counts.lost = ledger->accepted - ledger->received;
    json_t *delivery = json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "unit", messages ? "messages" : "bytes", "sent",
        (json_int_t)ledger->sent, "accepted", (json_int_t)ledger->accepted, "received",
        (json_int_t)ledger->received, "lost", (json_int_t)counts.lost, "duplicated",
        (json_int_t)counts.duplicated, "corrupted", (json_int_t)ledger->corrupted);
    if (ledger->first_divergence >= 0)
        json_object_set_new(delivery, "divergent_offset", json_integer(ledger->first_divergence));
    if (ledger->stood_back != NULL)
        json_object_set_new(delivery, "stood_back", json_string(ledger->stood_back));
    return delivery;
}

json_t *ledger_ordering(const struct ledger *ledger, bool messages)
{
    if (ledger->stood_back != NULL)
        return json_pack("{s:s}", "stood_back", ledger->stood_back);
    if (messages)
        return messages_ordering(&ledger->messages, ledger->corrupted);
    return json_pack("{s:b}", "exact", ledger->corrupted == 0 && ledger->extra == 0);
}
