/* SPDX-License-Identifier: MIT */
#include "trial/resets.h"

#include "packet/draft.h"
#include "trial/named.h"
#include "trial/sample.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, MAIN = 10, OTHER = 11, LISTENS = 20 };

static struct seen seen;
static struct sighting sightings[16];
static uint8_t frames[16][128];
static struct sample *sample;
static struct judgement *judgement;

static void begin(void)
{
    sample = sample_new(SAMPLE_HEAD "family: inet\nfaults:\n"
                                    "  gone: {wire: client, do: reset}\n"
                                    "  mute: {wire: server, do: drop, when: {packet: rst}}\n"
                                    "  lost: {wire: server, do: drop}\n"
                                    "steps:\n  - client: {send: \"x\"}\n");
    judgement = &sample->trial.judgement;
    seen = (struct seen){.sightings = sightings};
}

static void end(void)
{
    sample_free(sample);
}

TestSuite(resets, .init = begin, .fini = end);

/* A packet between that port of the client and the server's. */
static struct sighting *see(int step, enum side from, int port, int64_t flags)
{
    struct draft draft;
    uint8_t *frame = frames[seen.count];
    bool client = from == SIDE_CLIENT;
    draft_begin(&draft, AF_INET);
    draft.ip = true;
    draft.source = sample->stage.address[from][0];
    draft.destination = sample->stage.address[client ? SIDE_SERVER : SIDE_CLIENT][0];
    cr_assert(draft_set(&draft, "tcp", "flags", flags));
    cr_assert(draft_set(&draft, "tcp", "sport", client ? port : LISTENS));
    cr_assert(draft_set(&draft, "tcp", "dport", client ? LISTENS : port));
    memset(frame, 0, ETHER_HEADER);
    frame[12] = 8; /* ETH_P_IP */
    ssize_t size = draft_build(&draft, frame + ETHER_HEADER, sizeof frames[0] - ETHER_HEADER);
    cr_assert_gt(size, 0);
    sightings[seen.count] = (struct sighting){
        .from = from, .step = step, .frame = frame, .size = (size_t)size + ETHER_HEADER};
    return &sightings[seen.count++];
}

static void name(enum naming_by by, enum side from, int source, int destination, int step)
{
    struct reset_name *one = arena_alloc(judgement->arena, sizeof *one);
    *one = (struct reset_name){.by = by,
                               .from = from,
                               .source = (uint16_t)source,
                               .destination = (uint16_t)destination,
                               .step = step,
                               .next = judgement->resets};
    judgement->resets = one;
}

/* An error named the reset of that connection which came to the client until that step. */
static void name_error(int port, int step)
{
    name(NAMED_BY_ERROR, SIDE_SERVER, LISTENS, port, step);
}

static bool passes(void)
{
    resets_judge(judgement, &seen);
    return judgement_good(judgement);
}

Test(resets, one_that_nothing_names)
{
    see(1, SIDE_SERVER, MAIN, RST);
    cr_assert_not(passes());
    cr_assert_str_eq(judgement->failure.expected, "no RST that the case does not name");
    cr_assert_str_eq(judgement->failure.observed,
                     "an RST from server during step 1, and the case names none; a step 'wire: "
                     "{sees: rst, from: server}' would name it");
}

Test(resets, none_at_all)
{
    see(1, SIDE_CLIENT, MAIN, SYN);
    name_error(MAIN, 1);
    cr_assert(passes());
}

Test(resets, what_a_step_of_the_wire_has_taken)
{
    see(1, SIDE_SERVER, MAIN, RST)->named = true;
    cr_assert(passes());
    see(2, SIDE_SERVER, OTHER, RST);
    cr_assert_not(passes());
    cr_assert_str_eq(judgement->failure.observed,
                     "an RST from server during step 2, and the case names others: of another side "
                     "or connection, or not as many; a step 'wire: {sees: rst, from: server}' "
                     "would name it");
}

Test(resets, an_error_is_of_its_connection)
{
    see(1, SIDE_SERVER, MAIN, RST);
    name_error(MAIN, 1);
    cr_assert(passes());
    see(1, SIDE_SERVER, OTHER, RST);
    cr_assert_not(passes());
}

Test(resets, an_error_is_of_the_other_side)
{
    see(1, SIDE_CLIENT, MAIN, RST);
    name_error(MAIN, 1);
    cr_assert_not(passes());
}

Test(resets, an_error_is_of_what_came_before)
{
    see(2, SIDE_SERVER, MAIN, RST);
    name_error(MAIN, 1);
    cr_assert_not(passes());
}

Test(resets, an_error_is_of_what_came)
{
    see(1, SIDE_SERVER, MAIN, RST)->fate = FATE_CUT;
    name_error(MAIN, 1);
    cr_assert_not(passes());
}

Test(resets, a_port_that_is_not_known_is_any_but_once)
{
    see(1, SIDE_SERVER, MAIN, RST);
    name_error(0, 1);
    cr_assert(passes());
    see(1, SIDE_SERVER, OTHER, RST);
    cr_assert_not(passes());
}

Test(resets, two_errors_of_one_connection_are_of_one_reset)
{
    see(1, SIDE_SERVER, MAIN, RST);
    see(1, SIDE_SERVER, MAIN, RST);
    name_error(MAIN, 1);
    name_error(MAIN, 2);
    cr_assert_not(passes());
}

Test(resets, a_dead_connection_answers_each_segment_that_still_comes)
{
    see(1, SIDE_SERVER, MAIN, RST);
    see(1, SIDE_CLIENT, MAIN, ACK);
    see(2, SIDE_SERVER, MAIN, RST);
    name_error(MAIN, 2);
    cr_assert(passes());
    see(2, SIDE_SERVER, MAIN, RST);
    cr_assert_not(passes(), "and no more");
}

Test(resets, the_reset_may_have_been_an_answer_itself)
{
    see(1, SIDE_CLIENT, MAIN, ACK);
    see(1, SIDE_SERVER, MAIN, RST);
    see(1, SIDE_SERVER, MAIN, RST);
    name_error(MAIN, 1);
    cr_assert_not(passes());
}

Test(resets, what_was_lost_on_its_way_draws_none)
{
    see(1, SIDE_SERVER, MAIN, RST);
    see(1, SIDE_CLIENT, MAIN, ACK)->fate = FATE_DROPPED;
    see(2, SIDE_SERVER, MAIN, RST);
    name_error(MAIN, 2);
    cr_assert_not(passes());
}

Test(resets, the_next_connection_of_the_same_ports_needs_a_name_of_its_own)
{
    see(1, SIDE_SERVER, MAIN, RST);
    see(2, SIDE_CLIENT, MAIN, SYN);
    see(2, SIDE_SERVER, MAIN, RST);
    name_error(MAIN, 2);
    cr_assert_not(passes());
}

Test(resets, and_has_it)
{
    see(1, SIDE_SERVER, MAIN, RST);
    see(2, SIDE_CLIENT, MAIN, SYN);
    see(2, SIDE_SERVER, MAIN, RST);
    name_error(MAIN, 2);
    name_error(MAIN, 2);
    cr_assert(passes());
}

Test(resets, a_broken_pipe)
{
    see(1, SIDE_SERVER, MAIN, RST);
    name(NAMED_BY_PIPE, SIDE_SERVER, LISTENS, MAIN, 1);
    cr_assert(passes());
}

Test(resets, a_broken_pipe_that_the_socket_itself_has_ended)
{
    see(1, SIDE_CLIENT, MAIN, FIN | ACK);
    see(1, SIDE_SERVER, MAIN, RST);
    name(NAMED_BY_PIPE, SIDE_SERVER, LISTENS, MAIN, 2);
    cr_assert_not(passes());
}

Test(resets, what_a_socket_sends_by_a_fault)
{
    see(2, SIDE_CLIENT, MAIN, RST);
    name(NAMED_BY_SENDER, SIDE_CLIENT, MAIN, LISTENS, 2);
    cr_assert(passes());
}

Test(resets, and_not_before_it)
{
    see(1, SIDE_CLIENT, MAIN, RST);
    name(NAMED_BY_SENDER, SIDE_CLIENT, MAIN, LISTENS, 2);
    cr_assert_not(passes());
}

Test(resets, a_crafted_packet_draws_one_and_no_more)
{
    see(1, SIDE_CLIENT, MAIN, ACK);
    see(1, SIDE_SERVER, MAIN, RST);
    name(NAMED_BY_PACKET, SIDE_SERVER, LISTENS, MAIN, 1);
    cr_assert(passes());
    see(2, SIDE_CLIENT, MAIN, ACK);
    see(2, SIDE_SERVER, MAIN, RST);
    cr_assert_not(passes());
}

Test(resets, what_a_fault_of_the_wire_has_made_and_its_answers)
{
    struct sighting *made = see(1, SIDE_CLIENT, MAIN, RST | ACK);
    made->fault = "gone";
    made->fate = FATE_INJECTED;
    see(1, SIDE_SERVER, MAIN, ACK);
    see(1, SIDE_CLIENT, MAIN, RST);
    cr_assert(passes());
    see(1, SIDE_SERVER, MAIN, RST);
    cr_assert_not(passes());
}

Test(resets, what_a_fault_has_met_because_it_is_a_reset)
{
    struct sighting *met = see(1, SIDE_SERVER, MAIN, RST);
    met->fate = FATE_DROPPED;
    met->fault = "mute";
    cr_assert(passes());
    met->fault = "lost";
    cr_assert_not(passes(), "that one drops whatever comes");
}

Test(resets, one_that_was_held_is_the_same_when_it_goes_on)
{
    struct sighting *held = see(1, SIDE_SERVER, MAIN, RST);
    held->fate = FATE_HELD;
    see(2, SIDE_SERVER, MAIN, RST)->released = true;
    name_error(MAIN, 2);
    cr_assert(passes());
    judgement->resets = NULL;
    held->named = true;
    cr_assert(passes(), "it was taken while it was held");
    held->named = false;
    cr_assert_not(passes());
}
