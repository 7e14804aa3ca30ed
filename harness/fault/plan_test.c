#include "fault/plan.h"

#include <criterion/criterion.h>
#include <string.h>

static struct plan plan;

static void one_fault(enum trigger_kind kind, uint64_t n)
{
    memset(&plan, 0, sizeof plan);
    plan.seed = 7;
    plan.count = 1;
    strcpy(plan.fault[0].name, "it");
    strcpy(plan.fault[0].point[0], "sockproof/call/client/send");
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
                                .applicable = ~0U};
        out[i] = plan_ask("sockproof/call/client/send", &chance) ? 'x' : '.';
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
    cr_assert_null(plan_ask("sockproof/call/client/send", &chance));
    chance.applicable = 1;
    cr_assert_null(plan_ask("sockproof/call/server/send", &chance));
    cr_assert_eq(plan.fault[0].chances, 0);
    cr_assert_not_null(plan_ask("sockproof/call/client/send", &chance));
}

Test(plan, nothing_fires_when_disarmed)
{
    one_fault(TRIGGER_ALWAYS, 0);
    plan_disarm();
    cr_assert_not(plan_armed());
    cr_assert_str_eq(history(3), "...");
}
