/* SPDX-License-Identifier: MIT */
#include "preload/control.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct control control;

static void list(uint64_t identity, uint64_t counter, uint32_t fault)
{
    control.replay[control.replay_count++] = (struct control_replay){identity, counter, fault};
}

Test(control, a_replay_lists_what_it_was_given_and_nothing_else)
{
    for (uint64_t i = 0; i < 1000; i++)
        list(i * 7919 % 1009, i, i % 3);
    control_sort_replay(&control);
    for (uint64_t i = 0; i < 1000; i++)
        cr_assert(control_replays(&control, i % 3, i * 7919 % 1009, i), "%d", (int)i);
    cr_assert_not(control_replays(&control, 1, 0, 0), "another fault");
    cr_assert_not(control_replays(&control, 0, 1, 0), "another identity");
    cr_assert_not(control_replays(&control, 0, 0, 1), "another time");
}

Test(control, an_empty_replay_lists_nothing)
{
    control_sort_replay(&control);
    cr_assert_not(control_replays(&control, 0, 0, 0));
    cr_assert_null(control_next(&control, 0, 0));
}

Test(control, what_comes_next_in_a_stream)
{
    list(9, control_counter(100, 3), 1);
    list(9, control_counter(70, 0), 0);
    list(8, control_counter(90, 0), 0);
    control_sort_replay(&control);
    cr_assert_eq(control_offset(control_next(&control, 9, 0)->counter), 70);
    cr_assert_eq(control_next(&control, 9, control_counter(70, 1))->counter,
                 control_counter(100, 3));
    cr_assert_null(control_next(&control, 9, control_counter(100, 4)));
    cr_assert_null(control_next(&control, 7, 0), "of another stream");
}

Test(control, every_reason_has_its_words)
{
    cr_assert_null(control_unseen_text(UNSEEN_NOT));
    cr_assert_null(control_unseen_text(UNSEEN_COUNT));
    for (int i = UNSEEN_NOT + 1; i < UNSEEN_COUNT; i++)
        cr_assert_not_null(control_unseen_text((enum unseen_why)i), "%d", i);
}

static void dies(int32_t pid, int number)
{
    control_put_death(&control, (struct control_record){.process = "0"}, pid, number);
}

static const char *name_of(size_t record)
{
    static char name[PROCESS_NAME];
    control_dead_name(&control, &control.record[record], name);
    return name;
}

Test(control, a_crash_is_told_once_and_named_where_it_is_known)
{
    control.process[3].pid = 77;
    snprintf(control.process[3].lineage, sizeof control.process[3].lineage, "0.2");
    snprintf(control.process[3].name, sizeof control.process[3].name, "prog");
    dies(77, SIGSEGV);
    dies(77, SIGSEGV); /* who traced it */
    dies(78, SIGTERM);
    dies(0, SIGABRT);
    dies(0, SIGABRT);
    cr_assert_eq(control_kept(&control), 5);
    cr_assert_eq(control_crash(&control, 0), SIGSEGV);
    cr_assert_eq(control_crash(&control, 1), 0);
    cr_assert_eq(control_crash(&control, 2), 0, "it was ended on purpose");
    cr_assert_eq(control_crash(&control, 4), SIGABRT, "another without a number");
    cr_assert_str_eq(control.record[0].process, "0.2");
    cr_assert_str_eq(name_of(0), "prog");
    cr_assert_str_eq(control.record[3].process, "0", "who waited");
    cr_assert_str_eq(name_of(3), "");
}

/* Numbers are given again. */
Test(control, another_process_with_the_number_crashes_anew)
{
    dies(77, SIGTERM);
    control_put(&control, &(struct control_record){.kind = RECORD_PROCESS, .pid = 77});
    dies(77, SIGSEGV);
    dies(77, SIGSEGV);
    cr_assert_eq(control_crash(&control, 2), SIGSEGV);
    cr_assert_eq(control_crash(&control, 3), 0);
    cr_assert(control_told(&control, 1, 77));
    cr_assert_not(control_told(&control, 2, 77));
    cr_assert_not(control_told(&control, 4, 78));
}

static void put(struct control_record record)
{
    snprintf(record.process, LINEAGE, "0.1");
    snprintf(record.thread, LINEAGE, "x/2");
    control_put(&control, &record);
}

/* A program may write over all of it. */
Test(control, what_is_read_at_the_end_is_sound_whatever_was_written)
{
    static struct plan given;
    given.count = 2;
    given.seed = 7;
    put((struct control_record){.kind = RECORD_FIRED, .fault = 1});
    put((struct control_record){.kind = RECORD_DIED + 1});
    put((struct control_record){.kind = RECORD_FIRED, .point = POINT_COUNT});
    put((struct control_record){.kind = RECORD_FIRED, .fault = FAULT_MAX});
    put((struct control_record){.kind = RECORD_FIRED});
    memset(control.record[4].thread, 'x', LINEAGE);
    memset(&control.plan.count, 0xff, sizeof control.plan.count);
    control.plan.fault[1].fired = 3;
    memset(control.actor, 'x', sizeof control.actor);
    memset(&control.process[5], 0xff, sizeof control.process[5]);
    memset(&control.unseen[1], 0xff, sizeof control.unseen[1]);
    control_seal(&control, &given, "client");
    cr_assert_eq(control.record[0].kind, RECORD_FIRED);
    for (int i = 1; i < 5; i++)
        cr_assert_eq(control.record[i].kind, RECORD_NONE, "%d", i);
    cr_assert_eq(control.plan.count, 2);
    cr_assert_eq(control.plan.seed, 7);
    cr_assert_eq(control.plan.fault[1].fired, 3);
    cr_assert_str_eq(control.actor, "client");
    cr_assert_str_empty(control.process[5].lineage);
    cr_assert_eq(control.unseen[1].why, UNSEEN_NOT);
}

/* The programs write there, and a name is cut where it has no more room. */
Test(control, a_name_is_text_whatever_was_written_there)
{
    control.process[0].pid = 77;
    memset(control.process[0].name, 'x', PROCESS_NAME);
    dies(77, SIGSEGV);
    cr_assert_str_eq(name_of(0), "xxxxxxxxxxxxxxx");
    snprintf(control.process[0].name, PROCESS_NAME, "gr\xc3\xb6\033[m");
    cr_assert_str_eq(name_of(0), "gr???[m");
}
