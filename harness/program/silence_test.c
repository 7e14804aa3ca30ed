/* SPDX-License-Identifier: MIT */
#include "program/silence.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct control control;
static char said[8 * SILENCE_TEXT];

static void setup(void)
{
    snprintf(control.actor, sizeof control.actor, "client");
    control.plan.count = 1;
    control.plan.fault[0].points = UINT64_C(1) << POINT_send;
    snprintf(control.plan.fault[0].by, sizeof control.plan.fault[0].by, "client");
}

TestSuite(silence, .init = setup);

static void note(void *unused, const char *text)
{
    size_t used = strlen(said);
    (void)unused;
    snprintf(said + used, sizeof said - used, "%s\n", text);
}

static const char *reason(bool came)
{
    static char text[SILENCE_TEXT];
    cr_expect_eq(silence_of(&control, 0, text), came);
    return text;
}

Test(silence, what_became_of_the_calls)
{
    cr_expect_str_eq(reason(false), "no call on a socket was seen");
    control.hits[POINT_recv] = 2;
    cr_expect_str_eq(reason(false), "of its calls were seen recv");
    control.hits[POINT_send] = 1;
    cr_expect_str_eq(reason(true), "1 call came there, and it fits at none of them");
    control.select[0].by_fd = true;
    control.hits[POINT_send] = 3;
    cr_expect_str_eq(reason(true),
                     "3 calls came there, and none that it is about, or that it fits");
    control.plan.fault[0].chances = 1;
    cr_expect_str_eq(reason(true), "its trigger never came");
}

Test(silence, what_slipped_past)
{
    silence_slips(&control, note, NULL);
    cr_expect_str_empty(said);
    control_put(&control, &(struct control_record){.kind = RECORD_RING});
    control_put(&control, &(struct control_record){.kind = RECORD_RING});
    control_put(&control, &(struct control_record){.kind = RECORD_FIRED});
    cr_expect_eq(silence_count(&control, RECORD_RING), 2);
    control.unseen_used = CONTROL_UNSEEN + 1;
    control.unseen[0].why = UNSEEN_STATIC;
    snprintf(control.unseen[0].path, UNSEEN_PATH, "/bin/n\377");
    control.unseen[1].why = UNSEEN_COUNT + 7; /* the programs write there */
    silence_slips(&control, note, NULL);
    cr_expect_str_eq(said,
                     "the program uses io_uring: what it does there is not under faults (2 times)\n"
                     "/bin/n? is statically linked: its socket calls were not seen\n"
                     "and 1 more such programs\n");
}
