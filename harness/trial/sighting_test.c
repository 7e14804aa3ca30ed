/* SPDX-License-Identifier: MIT */
#include "trial/sighting.h"

#include "packet/draft.h"
#include "trial/sample.h"

#define FLAG_FIN 0x11
#define FLAG_ACK 0x10

static struct seen seen;
static struct naming naming;
static struct arena *room;
static uint8_t frames[16][128];

static void begin(void)
{
    seen = (struct seen){.naming = &naming};
    room = arena_new();
    sighting_begin(&seen, room, 9);
    inet_pton(AF_INET6, "::ffff:10.0.0.1", &naming.client[0]);
    inet_pton(AF_INET6, "::ffff:10.0.0.2", &naming.server[0]);
}

static void end(void)
{
    sighting_clear(&seen);
    arena_free(room);
}

TestSuite(sighting, .init = begin, .fini = end);

static void see(enum side from, enum fate fate, int64_t flags, const char *payload)
{
    static size_t next;
    struct draft draft;
    uint8_t *frame = frames[next++ % 16];
    draft_begin(&draft, AF_INET);
    draft.ip = true;
    draft.source = from == SIDE_CLIENT ? naming.client[0] : naming.server[0];
    draft.destination = from == SIDE_CLIENT ? naming.server[0] : naming.client[0];
    draft.payload = (const uint8_t *)payload;
    draft.payload_size = strlen(payload);
    cr_assert(draft_set(&draft, "tcp", "flags", flags));
    memset(frame, 0, 14);
    frame[12] = 8; /* ETH_P_IP */
    ssize_t size = draft_build(&draft, frame + 14, sizeof frames[0] - 14);
    cr_assert_gt(size, 0);
    sighting_add(&seen, (struct sighting){
                            .from = from, .fate = fate, .frame = frame, .size = (size_t)size + 14});
}

/* Asks for a step of the wire. */
static struct sample *asked(const char *step)
{
    char text[512];
    snprintf(text, sizeof text, SAMPLE_HEAD "family: inet\nsteps:\n  - wire: %s\n", step);
    return sample_new(text);
}

static bool next(const char *step)
{
    struct answered answered = {0, 0};
    struct sample *sample = asked(step);
    bool found = sighting_next(&seen, &sample->trial.variant->steps[0], &answered) != NULL;
    sample_free(sample);
    return found;
}

static long long count(const char *step)
{
    struct answered answered = {0, 0};
    struct sample *sample = asked(step);
    long long found = sighting_count(&seen, &sample->trial.variant->steps[0], &answered);
    sample_free(sample);
    return found;
}

Test(sighting, each_match_lies_behind_the_last_of_its_direction)
{
    see(SIDE_CLIENT, FATE_PASSED, FLAG_ACK, "x");
    see(SIDE_SERVER, FATE_PASSED, FLAG_FIN, "");
    see(SIDE_CLIENT, FATE_PASSED, FLAG_FIN, "");
    cr_assert(next("{sees: fin, from: client}"));
    cr_assert_not(next("{sees: data, from: client}"), "it came before");
    cr_assert_not(next("{sees: fin, from: client}"), "there was one");
    cr_assert(next("{sees: fin, from: server}"), "the other direction stands where it stood");
}

Test(sighting, fate)
{
    see(SIDE_CLIENT, FATE_DROPPED, FLAG_ACK, "x");
    cr_assert_not(next("{sees: data, from: client, fate: passed}"));
    cr_assert(next("{sees: data, from: client, fate: dropped}"));
}

Test(sighting, a_count_goes_on_behind_the_last_match_and_leaves_it)
{
    see(SIDE_CLIENT, FATE_PASSED, FLAG_ACK, "x");
    cr_assert(next("{sees: data, from: client}"));
    see(SIDE_CLIENT, FATE_PASSED, FLAG_ACK, "y");
    see(SIDE_CLIENT, FATE_PASSED, FLAG_ACK, "z");
    cr_assert_eq(count("{sees: data, from: client, count: 2}"), 2);
    cr_assert_eq(count("{sees: data, from: client, count: 2}"), 2);
}

Test(sighting, what_went_by_before_the_last_call_began_does_not_count)
{
    see(SIDE_CLIENT, FATE_PASSED, FLAG_ACK, "x");
    sighting_step(&seen, 1, true);
    cr_assert_not(next("{sees: data, from: client}"), "it came before");
    see(SIDE_CLIENT, FATE_PASSED, FLAG_ACK, "y");
    sighting_step(&seen, 2, false);
    cr_assert_eq(count("{sees: data, from: client, count: 1}"), 1, "a step of the wire is no call");
    cr_assert(next("{sees: data, from: client}"));
}

Test(sighting, since_widens_it_and_asks_again)
{
    see(SIDE_CLIENT, FATE_PASSED, FLAG_ACK, "x");
    sighting_step(&seen, 1, true);
    see(SIDE_CLIENT, FATE_PASSED, FLAG_ACK, "y");
    sighting_step(&seen, 2, true);
    cr_assert_eq(count("{sees: data, since: start, count: 2}"), 2);
    cr_assert_eq(count("{sees: data, count: 0}"), 0);
    cr_assert(next("{sees: data, from: client, since: start}"));
    cr_assert(next("{sees: data, from: client, since: start}"), "what was taken is looked at too");
}

Test(sighting, what_came_instead)
{
    struct arena *arena = arena_new();
    struct sample *sample = asked("{sees: fin, from: client}");
    const struct step *step = &sample->trial.variant->steps[0];
    cr_assert_str_eq(sighting_what_came(&seen, step, arena), "no packet");
    see(SIDE_SERVER, FATE_PASSED, FLAG_ACK, "of the other");
    cr_assert_str_eq(sighting_what_came(&seen, step, arena), "no packet");
    see(SIDE_CLIENT, FATE_DROPPED, FLAG_ACK, "x");
    cr_assert_not_null(strstr(sighting_what_came(&seen, step, arena), "(dropped)"));
    sample_free(sample);
    arena_free(arena);
}

Test(sighting, a_frame_that_is_none_is_no_packet)
{
    struct packet packet;
    struct sighting one = {.frame = frames[0], .size = 3};
    cr_assert_not(sighting_packet(&one, &packet));
}

Test(sighting, many)
{
    for (int i = 0; i < 1000; i++)
        see(SIDE_CLIENT, FATE_PASSED, FLAG_ACK, "x");
    cr_assert_eq(seen.count, 1000);
    sighting_clear(&seen);
    cr_assert_eq(seen.count, 0);
    cr_assert_not(next("{sees: data, from: client}"));
}
