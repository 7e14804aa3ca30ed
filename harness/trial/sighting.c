/* SPDX-License-Identifier: MIT */
#include "trial/sighting.h"

#include "base/array.h"
#include "case/number.h"
#include "packet/describe.h"
#include "trial/named.h"

#include <stdlib.h>

void sighting_add(struct seen *seen, struct sighting sighting)
{
    array_grow((void **)&seen->sightings, seen->count, &seen->room, sizeof *seen->sightings);
    seen->sightings[seen->count++] = sighting;
}

void sighting_clear(struct seen *seen)
{
    free(seen->sightings);
    seen->sightings = NULL;
    seen->count = seen->room = 0;
}

void sighting_begin(struct seen *seen, struct arena *arena, int steps)
{
    seen->begun = arena_alloc(arena, ((size_t)steps + 1) * sizeof *seen->begun);
    seen->steps = steps;
}

void sighting_step(struct seen *seen, int number, bool actor)
{
    if (number <= seen->steps)
        seen->begun[number] = seen->count;
    if (actor)
        seen->call = number;
}

/* The first sighting of a direction that the step looks at. A step that was not begun has seen
   nothing. */
static size_t first_of(const struct seen *seen, const struct step *step, enum side from)
{
    const struct node *since = step->modifier[MODIFIER_since];
    int64_t number = number_of(since, 0);
    size_t first = seen->begun[seen->call];
    if (since != NULL)
        return number > seen->steps ? seen->count : seen->begun[number];
    return first > seen->to[from] ? first : seen->to[from];
}

bool sighting_is_said(const struct sighting *one)
{
    return one->fate == FATE_INJECTED && one->fault == NULL;
}

bool sighting_packet(const struct sighting *one, struct packet *packet)
{
    bool whole = packet_parse(packet, one->frame, one->size);
    packet->first_of_sender = one->first_of_sender;
    packet->first_of_receiver = one->first_of_receiver;
    return whole;
}

/* The direction that the step speaks of. What the wire said is looked at by who asks for it. */
static bool goes_so(const struct step *step, const struct sighting *one)
{
    const struct node *fate = step->expect[EXPECT_fate];
    const struct node *from = step->modifier[MODIFIER_from];
    const struct node *to = step->modifier[MODIFIER_to];
    enum side other = one->from == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
    return (from == NULL || node_is(from, side_name(one->from))) &&
           (to == NULL || node_is(to, side_name(other))) &&
           (!sighting_is_said(one) || node_is(fate, fate_name(FATE_INJECTED)));
}

static bool matches(const struct seen *seen, const struct step *step, const struct sighting *one,
                    struct answered *answered)
{
    const struct node *fate = step->expect[EXPECT_fate];
    struct packet packet;
    return goes_so(step, one) && (fate == NULL || node_is(fate, fate_name(one->fate))) &&
           sighting_packet(one, &packet) &&
           packetmatch(step->param[0], &packet, seen->naming, answered);
}

/* A step that speaks of resets names those that it takes. */
static void take(const struct step *step, struct sighting *one)
{
    one->named = one->named || named_in(step->param[0]);
}

const struct sighting *sighting_next(struct seen *seen, const struct step *step,
                                     struct answered *answered)
{
    const struct sighting *found = NULL;
    for (size_t i = 0; i < seen->count && found == NULL; i++) {
        struct sighting *one = &seen->sightings[i];
        if (i < first_of(seen, step, one->from) || !matches(seen, step, one, answered))
            continue;
        take(step, one);
        seen->to[one->from] = i + 1;
        found = one;
    }
    return found;
}

long long sighting_count(struct seen *seen, const struct step *step, struct answered *answered)
{
    long long count = 0;
    for (size_t i = 0; i < seen->count; i++) {
        struct sighting *one = &seen->sightings[i];
        if (i < first_of(seen, step, one->from) || !matches(seen, step, one, answered))
            continue;
        take(step, one);
        count++;
    }
    return count;
}

/* Options have values of chance, the time stamps, that say nothing where nobody asks for them. */
static bool about_options(const struct node *expected)
{
    return node_get(node_get(expected, "tcp"), "options") != NULL;
}

char *sighting_what_came(const struct seen *seen, const struct step *step, struct arena *arena)
{
    enum { SHOWN = 4 };
    char *text = arena_printf(arena, "%s", "");
    int shown = 0;
    for (size_t i = seen->count; i > 0 && shown < SHOWN; i--) {
        const struct sighting *one = &seen->sightings[i - 1];
        struct packet packet;
        char line[512];
        if (!goes_so(step, one) || i - 1 < first_of(seen, step, one->from) ||
            !sighting_packet(one, &packet))
            continue;
        if (about_options(step->param[0]))
            packet_line(&packet, seen->naming, line, sizeof line);
        else
            packet_brief(&packet, seen->naming, line, sizeof line);
        text = arena_printf(arena, "%s (%s)%s%s", line, fate_name(one->fate), shown > 0 ? "; " : "",
                            text);
        shown++;
    }
    return shown > 0 ? text : arena_printf(arena, "no packet");
}
