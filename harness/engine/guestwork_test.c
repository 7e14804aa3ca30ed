/* SPDX-License-Identifier: MIT */
#include "engine/guestwork.h"

#include "engine/samplework.h"
#include "engine/watch.h"

static struct guestwork guestwork;
static int stream, console; /* the guest's ends */

/* A guest that is a process which does nothing: what it says, the test says. */
static void begin(void)
{
    int streams[2];
    int consoles[2];
    samplework_begin(
        (struct config){
            .repeat = 1, .case_limit = 10, .slow_factor = 1, .stack_count = 1, .stack_given = true},
        (struct candidate){.name = "uml:test", .shown = "uml:test"});
    guestwork_begin(&guestwork, watch_open());
    pid_t pid = fork(); /* before there are pipes: it holds none of them open */
    if (pid == 0) {
        pause();
        _exit(0);
    }
    setpgid(pid, pid);
    cr_assert(pipe2(streams, O_NONBLOCK) == 0 && pipe2(consoles, O_NONBLOCK) == 0);
    guestwork.guest = (struct guest){.name = candidate.name,
                                     .pid = pid,
                                     .stream = streams[0],
                                     .console = consoles[0],
                                     .silent_until_us = 1};
    stream = streams[1];
    console = consoles[1];
}

static void end(void)
{
    guestwork_end(&guestwork);
    samplework_end();
}

TestSuite(guestwork, .init = begin, .fini = end);

static void tell(json_t *header)
{
    cr_assert(stream_write(stream, header, "", 0, "", 0));
    guestwork_take(&guestwork, &work);
}

static void tell_result(size_t variant, const char *verdict)
{
    tell(json_pack("{s:{s:s, s:i, s:s, s:s, s:s}}", "result", "id", suite.variants[variant]->id,
                   "repeat", 0, "verdict", verdict, "reason", "so", "place", "wire"));
}

/* All that is left is broken, with that in its reason, and the guest is gone. */
static void gave_up(size_t broken, const char *why)
{
    cr_assert_eq(candidate.count[VERDICT_BROKEN], broken);
    cr_assert(work.left == 0 && guestwork.guest.pid == 0 &&
              guestwork_deadline_us(&guestwork) == UINT64_MAX);
    cr_assert_not_null(strstr(sample_read("results.jsonl"), why));
}

Test(guestwork, its_results_end_its_jobs_and_then_itself)
{
    tell(json_pack("{s:{s:s}}", "hello", "version", "6.1.176"));
    cr_assert_str_eq(candidate.version, "6.1.176");
    for (size_t i = 0; i < 4; i++) {
        cr_assert_gt(guestwork.guest.pid, 0);
        tell_result(i, i == 2 ? "fail" : "pass");
    }
    cr_assert(candidate.count[VERDICT_PASS] == 3 && candidate.count[VERDICT_FAIL] == 1);
    gave_up(0, "");
}

Test(guestwork, a_result_that_comes_again_is_of_no_job)
{
    tell_result(0, "pass");
    tell_result(0, "pass");
    cr_assert(candidate.count[VERDICT_PASS] == 1 && work.left == 3);
}

Test(guestwork, what_is_no_result_gives_it_up)
{
    tell_result(0, "pass");
    cr_assert_eq(write(stream, "panic\n", 6), 6);
    guestwork_take(&guestwork, &work);
    gave_up(3, "the guest uml:test sent what is no result");
}

Test(guestwork, one_that_ends_before_it_begins_did_not_boot)
{
    cr_assert_eq(write(console, "no root\n", 8), 8);
    close(stream);
    guestwork_take(&guestwork, &work);
    gave_up(4, "the guest uml:test did not boot; its console: no root");
}

Test(guestwork, one_that_ends_too_early_leaves_the_rest_broken)
{
    tell(json_pack("{s:{s:s}}", "hello", "version", "6.1"));
    tell_result(3, "pass");
    close(stream);
    guestwork_take(&guestwork, &work);
    gave_up(3, "ended before this was judged");
}

Test(guestwork, another_machine_that_is_lost_is_no_guest)
{
    guestwork.guest.far = candidate.far = "root@board";
    close(stream);
    guestwork_take(&guestwork, &work);
    gave_up(4, "the machine uml:test did not begin; its last words: nothing");
    cr_assert_not_null(strstr(sample_read("results.jsonl"), "\"far-failed\""));
}

Test(guestwork, silence_ends_it)
{
    cr_assert_eq(guestwork_deadline_us(&guestwork), 1);
    guestwork_silent(&guestwork, &work);
    gave_up(4, "did not begin in time");
}

Test(guestwork, silence_after_it_began_is_told_apart)
{
    tell(json_pack("{s:{s:s}}", "hello", "version", "6.1"));
    cr_assert_gt(guestwork_deadline_us(&guestwork), 1);
    guestwork_silent(&guestwork, &work);
    gave_up(4, "fell silent before this was judged");
}
