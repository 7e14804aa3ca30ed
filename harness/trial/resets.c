/* SPDX-License-Identifier: MIT */
/*
 * Theory of operation. The packets are boiled down to what matters here: whose, of which
 * connection, when, and whether it is a reset. Then every name looks for the reset that it is of:
 * the first that fits, is taken by no other name, and is not one more of a connection whose reset
 * has a name already. A connection that is gone answers whatever still comes to it with one reset
 * each; so of a reset that has a name those that follow it are named with it, as many as segments
 * came for them. A SYN begins another connection, whose reset needs a name of its own.
 */
#include "trial/resets.h"

#include "packet/chunk.h"
#include "packet/kind.h"
#include "trial/named.h"
#include "trial/sighting.h"

#include <string.h>

struct glimpse {
    enum side from;
    uint16_t source, destination;
    int step;
    bool arrived; /* at the other host */
    bool reset, begins, ends;
    bool copy;    /* another sighting is of the same packet */
    bool claimed; /* by a name */
    bool excused;
};

struct look {
    struct judgement *judgement;
    const struct seen *seen;
    struct glimpse *glimpse;
    size_t count;
};

/* --- what went by ---------------------------------------------------------------------------- */

static bool has_arrived(enum fate fate)
{
    return fate != FATE_HELD && fate != FATE_DROPPED && fate != FATE_CUT && fate != FATE_RESET &&
           fate != FATE_UNREACHABLE;
}

static struct glimpse glimpse_of(const struct sighting *one)
{
    struct glimpse out = {.from = one->from,
                          .step = one->step,
                          .arrived = has_arrived(one->fate),
                          .copy = one->fate == FATE_DUPLICATED,
                          .excused = one->named || sighting_is_said(one)};
    struct packet packet;
    if (!sighting_packet(one, &packet))
        return out;
    out.source = packet.source_port;
    out.destination = packet.destination_port;
    out.reset = packet_has_kind(&packet, "rst");
    out.begins = (packet_has_kind(&packet, "syn") && !packet_has_kind(&packet, "ack")) ||
                 chunk_has(&packet, CHUNK_INIT);
    out.ends = packet_has_kind(&packet, "fin") || chunk_has(&packet, CHUNK_SHUTDOWN);
    return out;
}

static bool same_frame(const struct sighting *one, const struct sighting *other)
{
    return one->from == other->from && one->size == other->size &&
           memcmp(one->frame, other->frame, one->size) == 0;
}

/* A packet that was held has been seen again when it went on: that one counts, and has the name of
   either. */
static void join_held(struct look *look, size_t held)
{
    const struct sighting *sightings = look->seen->sightings;
    for (size_t i = held + 1; i < look->count && !look->glimpse[held].copy; i++) {
        struct glimpse *went = &look->glimpse[i];
        if (!sightings[i].released || !went->reset || !same_frame(&sightings[held], &sightings[i]))
            continue;
        went->excused = went->excused || look->glimpse[held].excused;
        look->glimpse[held].copy = true;
    }
}

static bool take_in(struct look *look)
{
    const struct seen *seen = look->seen;
    bool any = false;
    look->glimpse = arena_alloc(look->judgement->arena, seen->count * sizeof *look->glimpse);
    look->count = seen->count;
    for (size_t i = 0; i < seen->count; i++) {
        look->glimpse[i] = glimpse_of(&seen->sightings[i]);
        any = any || look->glimpse[i].reset;
    }
    for (size_t i = 0; i < seen->count && any; i++)
        if (look->glimpse[i].reset && seen->sightings[i].fate == FATE_HELD)
            join_held(look, i);
    return any;
}

/* --- connections ------------------------------------------------------------------------------ */

static bool goes_as(const struct glimpse *one, const struct glimpse *other)
{
    return one->from == other->from && one->source == other->source &&
           one->destination == other->destination;
}

static bool answers(const struct glimpse *one, const struct glimpse *other)
{
    return one->from != other->from && one->source == other->destination &&
           one->destination == other->source;
}

/* True when another connection begins on the same ports between the two. */
static bool begins_between(const struct look *look, size_t first, size_t last)
{
    bool found = false;
    for (size_t i = first + 1; i < last && !found; i++) {
        const struct glimpse *one = &look->glimpse[i];
        found = one->begins &&
                (goes_as(one, &look->glimpse[first]) || answers(one, &look->glimpse[first]));
    }
    return found;
}

/* True when a reset of the same connection before it has a name. */
static bool is_one_more(const struct look *look, size_t at)
{
    bool found = false;
    for (size_t i = 0; i < at && !found; i++)
        found = look->glimpse[i].claimed && goes_as(&look->glimpse[i], &look->glimpse[at]) &&
                !begins_between(look, i, at);
    return found;
}

/* How many segments have come, up to last, to the connection whose reset is the first. Until the
   step of that one all was still; of those that went by before it in the same step it may be the
   answer to one, and others may have come too late. */
static size_t came_for(const struct look *look, size_t first, size_t last)
{
    size_t before = 0, behind = 0;
    for (size_t i = 0; i < last; i++) {
        const struct glimpse *one = &look->glimpse[i];
        bool came = one->arrived && !one->reset && answers(one, &look->glimpse[first]);
        before += came && i < first && one->step == look->glimpse[first].step;
        behind += came && i > first;
    }
    return behind + (before > 0 ? before - 1 : 0);
}

static void excuse_following(struct look *look, size_t first)
{
    size_t count = 0;
    for (size_t i = first + 1; i < look->count; i++) {
        struct glimpse *one = &look->glimpse[i];
        if (!one->reset || one->copy || !goes_as(one, &look->glimpse[first]) ||
            begins_between(look, first, i) || came_for(look, first, i) <= count)
            continue;
        one->excused = true;
        count++;
    }
}

/* --- names ------------------------------------------------------------------------------------ */

/* An end of the socket's own makes EPIPE as well: of a reset it says nothing. */
static bool ended_before(const struct look *look, const struct reset_name *name,
                         const struct glimpse *reset)
{
    bool found = false;
    for (size_t i = 0; i < look->count && name->by == NAMED_BY_PIPE && !found; i++) {
        const struct glimpse *one = &look->glimpse[i];
        found = one->ends && one->step <= name->step && answers(one, reset);
    }
    return found;
}

static bool fits(const struct look *look, const struct reset_name *name, const struct glimpse *one)
{
    bool told = name->by == NAMED_BY_ERROR || name->by == NAMED_BY_PIPE;
    bool then = told ? one->arrived && one->step <= name->step : one->step >= name->step;
    return one->reset && !one->copy && !one->claimed && then && one->from == name->from &&
           (name->source == 0 || name->source == one->source) &&
           (name->destination == 0 || name->destination == one->destination) &&
           !ended_before(look, name, one);
}

static void claim(struct look *look, const struct reset_name *name)
{
    bool alone = name->by == NAMED_BY_PACKET;
    size_t at = 0;
    while (at < look->count &&
           (!fits(look, name, &look->glimpse[at]) || (!alone && is_one_more(look, at))))
        at++;
    if (at == look->count)
        return;
    look->glimpse[at].claimed = look->glimpse[at].excused = true;
    if (!alone)
        excuse_following(look, at);
}

/* What a fault of the wire has made, or has met because its trigger speaks of resets. */
static void excuse_faults(struct look *look)
{
    const struct variant *variant = look->judgement->variant;
    for (size_t i = 0; i < look->count; i++) {
        const char *fault = look->seen->sightings[i].fault;
        for (size_t f = 0; f < variant->fault_count && fault != NULL && look->glimpse[i].reset;
             f++) {
            const struct fault_node *one = &variant->faults[f];
            bool made = look->seen->sightings[i].fate == FATE_INJECTED;
            if (strcmp(one->name, fault) != 0 || !(made || named_in(one->when)))
                continue;
            look->glimpse[i].excused = true;
            if (made)
                excuse_following(look, i);
        }
    }
}

/* --- the verdict ------------------------------------------------------------------------------ */

/* True when the case names some reset, though not this one. */
static bool names_others(const struct look *look)
{
    bool found = look->judgement->resets != NULL;
    for (size_t i = 0; i < look->count && !found; i++)
        found = look->glimpse[i].reset && look->glimpse[i].excused;
    return found;
}

static void blame(const struct look *look, const struct glimpse *one)
{
    struct judgement *judgement = look->judgement;
    const char *what = judgement->variant->file->transport == TRANSPORT_SCTP ? "ABORT" : "RST";
    const char *from = side_name(one->from);
    judgement_asks_step(judgement, one->step);
    judgement_check(judgement, "wire", "resets", false,
                    judgement_text(judgement, "no %s that the case does not name", what),
                    judgement_text(judgement,
                                   "an %s from %s during step %d, and the case %s; a step "
                                   "'wire: {sees: rst, from: %s}' would name it",
                                   what, from, one->step,
                                   names_others(look) ? "names others: of another side or "
                                                        "connection, or not as many"
                                                      : "names none",
                                   from));
}

void resets_judge(struct judgement *judgement, const struct seen *seen)
{
    struct look look = {.judgement = judgement, .seen = seen};
    if (!take_in(&look))
        return;
    excuse_faults(&look);
    for (const struct reset_name *name = judgement->resets; name != NULL; name = name->next)
        claim(&look, name);
    for (size_t i = 0; i < look.count && judgement_good(judgement); i++)
        if (look.glimpse[i].reset && !look.glimpse[i].copy && !look.glimpse[i].excused)
            blame(&look, &look.glimpse[i]);
}
