/* SPDX-License-Identifier: MIT */
#include "fault/plan.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct plan plan;

static void one_fault(enum trigger_kind kind, uint64_t n)
{
    memset(&plan, 0, sizeof plan);
    plan.seed = 7;
    plan.count = 1;
    strcpy(plan.fault[0].name, "it");
    strcpy(plan.fault[0].by, "client");
    plan.fault[0].points = UINT64_C(1) << POINT_send;
    plan.fault[0].action = FAULT_DROP;
    plan.fault[0].trigger = (struct trigger){.kind = kind, .n = n};
    cr_assert_eq(plan_arm(&plan), 0);
}

/* A string of one character per chance: x where the fault fired. */
static const char *history(int chances)
{
    static char out[65];
    for (int i = 0; i < chances; i++) {
        struct chance chance = {.identity = 1,
                                .counter = (uint64_t)i,
                                .moved = (uint64_t)i * 10,
                                .first = (uint64_t)i * 10,
                                .size = 10,
                                .applicable = 1};
        out[i] = plan_ask_call("client", POINT_send, &chance).outcome != NULL ? 'x' : '.';
    }
    out[chances] = '\0';
    return out;
}

Test(plan, nth_fires_once)
{
    one_fault(TRIGGER_NTH, 3);
    cr_assert_str_eq(history(8), "..x.....");
}

Test(plan, every_fires_each_time)
{
    one_fault(TRIGGER_EVERY, 3);
    cr_assert_str_eq(history(8), "..x..x..");
    cr_assert_eq(plan.fault[0].fired, 2);
}

Test(plan, after_and_covers_byte_fire_once_at_their_place)
{
    one_fault(TRIGGER_AFTER, 25);
    cr_assert_str_eq(history(6), "...x..");
    one_fault(TRIGGER_COVERS_BYTE, 25);
    cr_assert_str_eq(history(6), "..x...");
}

Test(plan, probability_depends_on_seed_and_identity_alone)
{
    one_fault(TRIGGER_PROBABILITY, 0);
    plan.fault[0].trigger.probability = 0.5;
    char first[65];
    strcpy(first, history(64));
    cr_assert_not_null(strchr(first, 'x'));
    cr_assert_not_null(strchr(first, '.'));
    cr_assert_str_eq(history(64), first, "the same questions draw the same answers");
    plan.seed = 8;
    cr_assert_str_neq(history(64), first, "another seed draws others");
}

Test(plan, other_points_and_inapplicable_chances_do_not_count)
{
    one_fault(TRIGGER_NTH, 1);
    struct chance chance = {.applicable = 0};
    cr_assert_null(plan_ask_call("client", POINT_send, &chance).outcome);
    chance.applicable = 1;
    cr_assert_null(plan_ask_call("server", POINT_send, &chance).outcome);
    cr_assert_null(plan_ask_call("client", POINT_recv, &chance).outcome);
    cr_assert_eq(plan.fault[0].chances, 0);
    cr_assert_eq(plan_ask_call("client", POINT_send, &chance).outcome, &plan.fault[0]);
}

Test(plan, names_and_places)
{
    char name[FAULT_POINT];
    one_fault(TRIGGER_ALWAYS, 0);
    plan_point(name, "client2", POINT_epoll_wait);
    cr_assert_str_eq(name, "sockproof/call/client2/epoll_wait");
    cr_assert_eq(plan_at_call(&plan, "client", POINT_send), 1);
    cr_assert_eq(plan_at_call(&plan, "client", POINT_recv), 0);
    cr_assert_eq(plan_at_call(&plan, "server", POINT_send), 0);
    cr_assert_eq(plan_on_wire(0), 0);
}

Test(plan, a_fault_of_the_wire_fires_on_its_senders)
{
    memset(&plan, 0, sizeof plan);
    plan.count = 2;
    plan.fault[0] = (struct fault){.name = "both", .senders = 3, .wire = WIRE_DROP};
    plan.fault[1] = (struct fault){.name = "server", .senders = 2, .wire = WIRE_DELAY};
    cr_assert_eq(plan_arm(&plan), 0);
    cr_assert_eq(plan_on_wire(0), 1);
    cr_assert_eq(plan_on_wire(1), 3);
    struct chance chance = {.applicable = plan_on_wire(0)};
    cr_assert_eq(plan_ask_wire(0, &chance).outcome, &plan.fault[0]);
    chance.applicable = 2;
    struct decision decision = plan_ask_wire(1, &chance);
    cr_assert_eq(decision.outcome, &plan.fault[1],
                 "a delay on the wire is what becomes of a packet");
    cr_assert_eq(decision.delay_us, 0);
}

/* --- several faults at one call ------------------------------------------------------------ */

static void add_fault(enum call_action action, int64_t argument, struct trigger trigger)
{
    struct fault *fault = &plan.fault[plan.count];
    snprintf(fault->name, sizeof fault->name, "fault%zu", plan.count++);
    strcpy(fault->by, "client");
    fault->points = UINT64_C(1) << POINT_send | UINT64_C(1) << POINT_recv;
    fault->action = action;
    fault->argument = argument;
    fault->trigger = trigger;
}

static struct decision next_decision(void)
{
    struct chance chance = {.applicable = (1U << plan.count) - 1};
    return plan_ask_call("client", POINT_send, &chance);
}

static const struct trigger always = {.kind = TRIGGER_ALWAYS};

Test(plan, of_several_the_first_decides_in_the_order_of_the_plan)
{
    memset(&plan, 0, sizeof plan);
    add_fault(FAULT_ERRNO, 11, (struct trigger){.kind = TRIGGER_EVERY, .n = 2});
    add_fault(FAULT_RESET, 0, (struct trigger){.kind = TRIGGER_NTH, .n = 2});
    add_fault(FAULT_CAP, 1, always);
    cr_assert_eq(plan_arm(&plan), 0);
    cr_assert_eq(next_decision().outcome, &plan.fault[2]);
    struct decision second = next_decision();
    cr_assert_eq(second.outcome, &plan.fault[0]);
    cr_assert_eq(second.fired, 1, "what did not decide has not fired");
    cr_assert_eq(next_decision().outcome, &plan.fault[2]);
    cr_assert_eq(plan.fault[0].fired, 1);
    cr_assert_eq(plan.fault[1].fired, 0);
    cr_assert_eq(plan.fault[2].fired, 2);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(plan.fault[i].chances, 3, "fault %d counts each of its chances", i);
}

Test(plan, delays_add_up_and_leave_the_outcome_to_another)
{
    memset(&plan, 0, sizeof plan);
    add_fault(FAULT_DELAY, 200, always);
    add_fault(FAULT_ERRNO, 4, (struct trigger){.kind = TRIGGER_NTH, .n = 1});
    add_fault(FAULT_DELAY, 30, always);
    cr_assert_eq(plan_arm(&plan), 0);
    struct decision first = next_decision();
    cr_assert_eq(first.outcome, &plan.fault[1]);
    cr_assert_eq(first.delay_us, 230);
    cr_assert_eq(first.fired, 7);
    struct decision second = next_decision();
    cr_assert_null(second.outcome);
    cr_assert_eq(second.delay_us, 230);
    cr_assert_eq(second.fired, 5);
}

/* "Once" and "after" have not happened when another fault decided; they do at the next chance. */
Test(plan, one_that_waits_fires_when_no_other_decides)
{
    memset(&plan, 0, sizeof plan);
    add_fault(FAULT_ERRNO, 4, (struct trigger){.kind = TRIGGER_NTH, .n = 1});
    add_fault(FAULT_RESET, 0, (struct trigger){.kind = TRIGGER_ALWAYS, .once = true});
    cr_assert_eq(plan_arm(&plan), 0);
    cr_assert_eq(next_decision().outcome, &plan.fault[0]);
    cr_assert_eq(next_decision().outcome, &plan.fault[1]);
    cr_assert_null(next_decision().outcome);
}

Test(plan, a_fault_of_several_points_counts_at_all_of_them)
{
    memset(&plan, 0, sizeof plan);
    add_fault(FAULT_ERRNO, 4, (struct trigger){.kind = TRIGGER_NTH, .n = 2});
    cr_assert_eq(plan_arm(&plan), 0);
    struct chance chance = {.applicable = 1};
    cr_assert_null(plan_ask_call("client", POINT_send, &chance).outcome);
    cr_assert_not_null(plan_ask_call("client", POINT_recv, &chance).outcome);
}

Test(plan, nothing_fires_when_disarmed)
{
    one_fault(TRIGGER_ALWAYS, 0);
    plan_disarm();
    cr_assert_not(plan_armed());
    cr_assert_str_eq(history(3), "...");
}
