/* SPDX-License-Identifier: MIT */
#include "engine/exec_end.h"

#include "engine/captured.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct control *control;
static struct faultplan plan;
static struct config config;
static struct launch launch;

static void begin(void)
{
    control = calloc(1, sizeof *control);
    cr_assert_not_null(control);
    plan = (struct faultplan){.lenient = false};
    config = (struct config){.report = "reports/exec"};
    launch = (struct launch){.control = control};
}

static void end(void)
{
    faultplan_free(&plan);
    free(control);
}

TestSuite(exec_end, .init = begin, .fini = end);

/* What is said at an ending. */
static const char *said(struct ending ending)
{
    captured_begin(stderr);
    exec_end_say(&config, &launch, &plan, NULL, &ending, "reports/exec/faults.jsonl");
    return captured_end();
}

static void has_kind(enum record_kind kind)
{
    control->record[control->used++].kind = kind;
}

Test(exec_end, nothing_is_said_where_nothing_was_asked)
{
    cr_assert_str_eq(said((struct ending){.status = 0}), "");
}

Test(exec_end, each_fault_tells_how_often_it_fired_and_how_to_do_it_again)
{
    cr_assert(faultplan_add_text(&plan, "recv cap 1", stderr));
    cr_assert(faultplan_add_text(&plan, "send errno EPIPE", stderr));
    control->plan.fault[0].fired = 2;
    control->plan.fault[0].chances = 5;
    cr_assert_str_eq(said((struct ending){.status = 0}),
                     "sockproof: recv cap 1: fired 2 of 5 times\n"
                     "sockproof: send errno EPIPE: fired 0 of 0 times; it proves nothing; no "
                     "call on a socket was seen\n"
                     "sockproof: the same again: ./sockproof exec --replay "
                     "reports/exec/faults.jsonl -- …\n");
}

/* What is said of a fault that never fired, from "it proves nothing" to the line's end. */
static const char *reason(const char *fault)
{
    static char line[256];
    if (plan.plan.count == 0) {
        cr_assert(faultplan_add_text(&plan, fault, stderr));
        control->plan = plan.plan;
        strcpy(control->actor, "program");
    }
    const char *found = strstr(said((struct ending){.status = 0}), "it proves nothing");
    cr_assert_not_null(found);
    snprintf(line, sizeof line, "%.*s", (int)strcspn(found, "\n"), found);
    return line;
}

Test(exec_end, a_fault_that_never_fired_says_why)
{
    cr_assert_str_eq(reason("recv cap 1"), "it proves nothing; no call on a socket was seen");
    control->hits[POINT_connect] = 1;
    control->hits[POINT_recvfrom] = 3;
    cr_assert_str_eq(reason("recv cap 1"),
                     "it proves nothing; of its calls were seen connect, recvfrom");
    control->hits[POINT_recv] = 2;
    cr_assert_str_eq(reason("recv cap 1"),
                     "it proves nothing: 2 calls came there, and it fits at none of them");
    control->select[0].by_fd = true;
    cr_assert_str_eq(
        reason("recv cap 1"),
        "it proves nothing: 2 calls came there, and none that it is about, or that it fits");
    control->plan.fault[0].chances = 2;
    cr_assert_str_eq(reason("recv cap 1"), "it proves nothing: its trigger never came");
}

Test(exec_end, a_packet_that_never_came_is_told)
{
    cr_assert_str_eq(reason("wire drop syn"), "it proves nothing: no such packet crossed the wire");
}

Test(exec_end, quiet_hides_what_fired_and_not_what_proved_nothing)
{
    config.exec.quiet = true;
    cr_assert(faultplan_add_text(&plan, "recv cap 1", stderr));
    control->plan.fault[0].fired = 1;
    has_kind(RECORD_NUMBER);
    cr_assert_str_eq(said((struct ending){.status = 0}), "");
    cr_assert(faultplan_add_text(&plan, "send cap 1", stderr));
    const char *text = said((struct ending){.status = 0});
    cr_assert_null(strstr(text, "recv"));
    cr_assert_not_null(strstr(text, "send cap 1: fired 0 of 0 times; it proves nothing"));
    cr_assert_not_null(strstr(text, "io_submit"));
    cr_assert_null(strstr(text, "the same again"));
}

Test(exec_end, a_log_that_is_full_offers_no_replay)
{
    cr_assert(faultplan_add_text(&plan, "recv cap 1", stderr));
    control->plan.fault[0].fired = 1;
    control->used = CONTROL_RECORDS + 5;
    const char *text = said((struct ending){.status = 0});
    cr_assert_not_null(strstr(text, "the last 5 events are not in it"), "%s", text);
    cr_assert_null(strstr(text, "the same again"));
    control->used = CONTROL_RECORDS;
    control->plan.fault[0].fired = CONTROL_REPLAYS + 1;
    text = said((struct ending){.status = 0});
    cr_assert_not_null(strstr(text, "65537 faults fired, and a replay holds 65536"), "%s", text);
    cr_assert_null(strstr(text, "the same again"));
}

Test(exec_end, who_must_fire_fails_without)
{
    cr_assert(faultplan_add_text(&plan, "recv cap 1", stderr));
    captured_begin(stderr);
    cr_assert_eq(exec_end_must_fire(control, &plan, 0), 1);
    cr_assert_eq(exec_end_must_fire(control, &plan, 56), 1);
    cr_assert_eq(exec_end_must_fire(control, &plan, EXEC_TIMED_OUT), EXEC_TIMED_OUT);
    cr_assert_not_null(strstr(captured_end(), "1 of 1 faults never fired"));
    control->plan.fault[0].fired = 1;
    cr_assert_eq(exec_end_must_fire(control, &plan, 0), 0);
    cr_assert_eq(exec_end_must_fire(control, &plan, 56), 56);
}

Test(exec_end, a_peer_is_quoted_for_the_shell)
{
    cr_assert(faultplan_add_text(&plan, "recv cap 1", stderr));
    config.exec = (struct exec_options){.wire = true, .peer = "echo it's", .ready = "a b"};
    cr_assert_not_null(strstr(said((struct ending){.status = 0}),
                              "./sockproof exec --wire --peer 'echo it'\\''s' "
                              "--ready 'a b' --replay reports/exec/"));
}

Test(exec_end, what_was_not_under_faults_is_told)
{
    struct control_unseen *one = &control->unseen[0];
    has_kind(RECORD_RING);
    has_kind(RECORD_RING);
    one->why = UNSEEN_STATIC;
    strcpy(one->path, "/bin/busybox");
    control->unseen_used = CONTROL_UNSEEN + 3;
    const char *text = said((struct ending){.status = 0});
    cr_assert_not_null(
        strstr(text, "uses io_uring: what it does there is not under faults (2 times)"));
    cr_assert_not_null(strstr(text, "/bin/busybox is statically linked"));
    cr_assert_not_null(strstr(text, "and 3 more such programs"));
    cr_assert_null(strstr(text, "stdio"));
}

Test(exec_end, an_interposer_that_was_not_loaded_is_told)
{
    launch.object = "/usr/lib/it.so";
    cr_assert_not_null(strstr(said((struct ending){.status = 0}), "was not loaded"));
    has_kind(RECORD_PROCESS);
    cr_assert_str_eq(said((struct ending){.status = 0}), "");
}

/* Statuses as waitpid(2) has them. */
Test(exec_end, the_status_is_the_programs_or_tells_how_it_was_ended)
{
    const struct ending exited = {.status = 7 << 8};
    const struct ending killed = {.status = SIGSEGV};
    const struct ending late = {.timed_out = true, .status = SIGKILL};
    config.exec.timeout = 1.5;
    cr_assert_eq(exec_end_status(&exited), 7);
    cr_assert_eq(exec_end_status(&killed), 128 + SIGSEGV);
    cr_assert_eq(exec_end_status(&late), 124);
    cr_assert_str_eq(said(late), "sockproof: no end within 1.5 s: killed\n");
}
