/* SPDX-License-Identifier: MIT */
#include "observe/chain.h"

#include <string.h>

/*
 * Theory of operation. A walk goes along the chain once, segment by segment, with all the ways that
 * still fit: each is how many of the bytes it has used, and how far into the segment. A plain
 * segment moves a way on or ends it; an urgent byte may make two of one. Ways that have used as
 * many bytes at the same place are one.
 */
enum { WAY_MAX = 16, SCRATCH = 4096 };

struct way {
    size_t into, used;
};

struct walk {
    const uint8_t *bytes;
    size_t size;
    struct way ways[WAY_MAX], next[WAY_MAX];
    size_t count, next_count;
    struct walked *out;
};

/* How many of the next bytes are those of the segment from into on, and the first that is not. */
static size_t agreeing(const struct segment *segment, size_t into, const uint8_t *bytes,
                       size_t size, int *expected)
{
    uint8_t scratch[SCRATCH];
    size_t done = 0;
    bool same = true;
    while (same && done < size) {
        size_t part = size - done < SCRATCH ? size - done : SCRATCH;
        struct pattern from = {segment->made.key, segment->made.position + into + done};
        const uint8_t *want = scratch;
        if (segment->bytes != NULL)
            want = segment->bytes + into + done;
        else
            pattern_write(&from, scratch, part);
        same = memcmp(want, bytes + done, part) == 0;
        size_t i = 0;
        while (!same && want[i] == bytes[done + i])
            i++;
        *expected = same ? -1 : want[i];
        done += same ? part : i;
    }
    return done;
}

/* One way has come to an end: with a byte that is another, or at the end of the chain. */
static void end_way(struct walk *walk, size_t used, int expected)
{
    struct walked *out = walk->out;
    if (used >= out->agreed) {
        out->agreed = used;
        out->expected = expected;
    }
}

static void arrive(struct walk *walk, int segment, size_t into)
{
    struct spots *spots = &walk->out->spots;
    bool known = false;
    for (int i = 0; i < spots->count; i++)
        known = known || (spots->at[i].segment == segment && spots->at[i].into == into);
    if (!known && spots->count == SPOT_MAX)
        walk->out->unclear = true;
    else if (!known)
        spots->at[spots->count++] = (struct spot){segment, into};
}

static void go_on(struct walk *walk, size_t used)
{
    bool known = false;
    for (size_t i = 0; i < walk->next_count; i++)
        known = known || walk->next[i].used == used;
    if (!known && walk->next_count == WAY_MAX)
        walk->out->unclear = true;
    else if (!known)
        walk->next[walk->next_count++] = (struct way){0, used};
}

/* A way that has used so many bytes, at that place of a segment: there, or on to the next one. */
static void move(struct walk *walk, int segment, size_t into, size_t used)
{
    if (used == walk->size)
        arrive(walk, segment, into);
    else
        go_on(walk, used);
}

static void walk_segment(struct walk *walk, const struct segment *segment, int number,
                         struct way way)
{
    size_t left = walk->size - way.used;
    /* A send that took less than came out of it ends before the receiver's place. */
    size_t here = way.into < segment->size ? segment->size - way.into : 0;
    size_t take = here < left ? here : left;
    int expected = -1;
    size_t same = walk->bytes == NULL
                      ? take
                      : agreeing(segment, way.into, walk->bytes + way.used, take, &expected);
    if (segment->urgent && take > 0)
        go_on(walk, way.used); /* taken out of the stream */
    if (same == take)
        move(walk, number, way.into + take, way.used + take);
    else if (!segment->urgent)
        end_way(walk, way.used + same, expected);
}

/* The ways that begin in this segment join those that have come so far. */
static void begin_here(struct walk *walk, const struct spots *from, int first, int number)
{
    for (int i = 0; i < from->count; i++) {
        const struct spot *spot = &from->at[i];
        bool here = spot->segment == number || (spot->segment < 0 && number == first);
        if (here && walk->count < WAY_MAX)
            walk->ways[walk->count++] = (struct way){spot->segment < 0 ? 0 : spot->into, 0};
        else if (here)
            walk->out->unclear = true;
    }
}

static int earliest(const struct spots *from, int first)
{
    int found = from->count > 0 ? from->at[0].segment : -1;
    for (int i = 1; i < from->count; i++)
        found = from->at[i].segment < found ? from->at[i].segment : found;
    return found < 0 ? first : found;
}

struct walked chain_walk(const struct segment *segments, int first, const struct spots *from,
                         const uint8_t *bytes, size_t size)
{
    struct walked out = {.agreed = 0, .expected = -1};
    struct walk walk = {.bytes = bytes, .size = size, .out = &out};
    if (size == 0) {
        out.spots = *from;
        out.whole = true;
        return out;
    }
    for (int i = earliest(from, first); i >= 0; i = segments[i].next) {
        begin_here(&walk, from, first, i);
        walk.next_count = 0;
        for (size_t k = 0; k < walk.count; k++)
            walk_segment(&walk, &segments[i], i, walk.ways[k]);
        memcpy(walk.ways, walk.next, walk.next_count * sizeof *walk.ways);
        walk.count = walk.next_count;
    }
    for (size_t k = 0; k < walk.count; k++)
        end_way(&walk, walk.ways[k].used, -1);
    out.whole = out.spots.count > 0;
    return out;
}

bool chain_next(const struct segment *segments, int first, struct spot *spot)
{
    bool more = true;
    while (more && (spot->segment < 0 || spot->into >= segments[spot->segment].size)) {
        int next = spot->segment < 0 ? first : segments[spot->segment].next;
        more = next >= 0;
        if (more)
            *spot = (struct spot){next, 0};
    }
    return more;
}
