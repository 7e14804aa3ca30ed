/* SPDX-License-Identifier: MIT */
#include "program/faultplan.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct faultplan plan;
static char *said; /* what was complained of last */

static void teardown(void)
{
    faultplan_free(&plan);
    free(said);
}

TestSuite(faultplan, .fini = teardown);

static bool add(const char *text)
{
    size_t size = 0;
    free(said);
    FILE *err = open_memstream(&said, &size);
    bool good = faultplan_add_text(&plan, text, err);
    fclose(err);
    return good;
}

static void takes(const char *text)
{
    cr_assert(add(text), "%s: %s", text, said);
    cr_assert_str_eq(said, "");
}

static void refuses(const char *text, const char *why)
{
    cr_assert_not(add(text), "%s", text);
    cr_assert_not_null(strstr(said, why), "%s: %s", text, said);
}

static const struct fault *last(void)
{
    return &plan.plan.fault[plan.plan.count - 1];
}

Test(faultplan, a_fault_in_words)
{
    takes("recv errno EINTR every 2 once");
    cr_assert_eq(last()->action, FAULT_ERRNO);
    cr_assert_eq(last()->argument, EINTR);
    cr_assert_eq(last()->points, UINT64_C(1) << POINT_recv);
    cr_assert_eq(last()->trigger.kind, TRIGGER_EVERY);
    cr_assert_eq(last()->trigger.n, 2);
    cr_assert(last()->trigger.once);
    cr_assert_str_eq(last()->by, "program");
    takes("transmit cap 1KiB after 4KiB");
    cr_assert_eq(last()->points, point_find("transmit"));
    cr_assert_eq(last()->argument, 1024);
    cr_assert_eq(last()->after, 4096);
    takes("accept4 delay 5ms");
    cr_assert_eq(last()->points, UINT64_C(1) << POINT_accept);
    cr_assert_eq(plan.wire, 0);
}

Test(faultplan, every_action_is_a_word_of_the_command_line)
{
    static const char *const arguments[] = {[ARGUMENT_NONE] = "",
                                            [ARGUMENT_ERRNO] = "EINTR",
                                            [ARGUMENT_SIZE] = "1",
                                            [ARGUMENT_TIME] = "1ms"};
    for (int i = FAULT_NONE + 1; i < FAULT_COUNT; i++) {
        enum call_action action = (enum call_action)i;
        char text[64];
        snprintf(text, sizeof text, "send %s %s", call_action_word(action),
                 arguments[call_action_argument(action)]);
        takes(text);
        cr_assert_eq(last()->action, action, "%s", text);
    }
}

Test(faultplan, so_is_every_action_of_the_wire)
{
    for (int i = WIRE_PASS + 1; i < WIRE_COUNT; i++) {
        char text[64];
        snprintf(text, sizeof text, "wire %s data nth 3 from server", wire_action_words[i - 1]);
        takes(text);
        cr_assert_eq(last()->wire, (enum wire_action)i, "%s", text);
        cr_assert_eq(last()->senders, 2);
    }
    cr_assert_eq(plan.wire, (1U << plan.plan.count) - 1);
    cr_assert(plan.loses);
}

Test(faultplan, what_loses_nothing_arms_no_loss)
{
    takes("wire delay data");
    takes("send drop");
    cr_assert_not(plan.loses);
    takes("wire truncate data");
    cr_assert(plan.loses);
}

Test(faultplan, a_fault_as_a_file_has_it)
{
    takes("{call: connect, do: {errno: ECONNREFUSED}, when: {nth: 1}}");
    cr_assert_eq(last()->argument, ECONNREFUSED);
    cr_assert_str_eq(plan.text[0], "connect errno ECONNREFUSED nth 1");
    takes("{wire: both, do: drop, when: {tcp: {seq: 1}}}");
    cr_assert_eq(last()->wire, WIRE_DROP);
}

/* What is shown is what may be given again. */
Test(faultplan, its_text_is_read_as_the_same_fault)
{
    static const char *const texts[] = {"recv errno EINTR every 2 once",
                                        "send cap 3 after 100",
                                        "connect errno EINTR",
                                        "recv reset to 10.0.0.2:80 nth 2",
                                        "wire drop data nth 3 from client",
                                        "wire corrupt syn",
                                        "poll errno EINTR probability 0.5",
                                        "send delay 3ms process 0.1 thread 0.2"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        takes(texts[i]);
        cr_assert_str_eq(plan.text[i], texts[i]);
    }
}

Test(faultplan, which_calls_it_is_about)
{
    takes("recv reset to [fd00::2]:80 fd 5 process 0.1 thread 0/2");
    const struct selector *select = &plan.select[0];
    cr_assert(select->by_peer && select->by_fd);
    cr_assert_eq(select->port, 80);
    cr_assert_eq(select->fd, 5);
    cr_assert_str_eq(select->process, "0.1");
    cr_assert_str_eq(select->thread, "0/2");
    refuses("recv reset to nowhere", "'to' takes a numeric address");
    refuses("recv reset thread main", "'thread' takes the name of a thread");
}

Test(faultplan, what_could_never_fire_is_refused)
{
    refuses("recv drop", "error[never-fires]: 'drop' never fires at recv");
    refuses("connect cap 1", "'cap' never fires at connect");
    refuses("poll eof", "'eof' never fires at poll");
    refuses("receive drop", "it happens where datagrams are sent");
    refuses("close close", "'close' never fires at close");
    refuses("recv cap 0", "'cap' takes a size from 1 on");
    refuses("sctp_sendv errno EINTR", "'call' takes a point");
}

Test(faultplan, an_error_that_the_call_never_gives_is_refused)
{
    refuses("recv errno EPIPE", "recv never gives EPIPE on Linux");
    refuses("send errno EIO", "--lenient takes it");
    plan.lenient = true;
    takes("send errno EIO");
    refuses("recv errno EPIPE", "recv never gives EPIPE on Linux");
}

Test(faultplan, what_makes_no_sense_is_refused_with_its_place)
{
    refuses("", "--fault ''");
    refuses("recv", "one of the actions of a call");
    refuses("recv errno", "'errno' takes an errno");
    refuses("recv erno EINTR", "do");
    refuses("recv reset nth", "'nth' takes");
    refuses("recv reset sometimes 3", "unknown-key");
    refuses("wire drop from nobody", "'wire' takes client, server or both");
    refuses("{call: recv, do: reset, when: {nth: $x}}", "there is nothing that $x could stand for");
    cr_assert_not_null(strstr(said, "^"), "a caret: %s", said);
}

Test(faultplan, a_plan_is_full_at_some_point)
{
    for (int i = 0; i < FAULT_MAX; i++)
        takes("recv errno EINTR nth 9");
    refuses("recv errno EINTR", "a plan holds at most 16 faults");
    cr_assert_eq(plan.plan.count, FAULT_MAX);
}

Test(faultplan, a_file_of_faults)
{
    char path[] = "/tmp/faultplan_test.XXXXXX";
    int fd = mkstemp(path);
    static const char text[] =
        "faults:\n  one: {call: recv, do: reset}\n  two: {wire: client, do: cut}\n";
    cr_assert_eq(write(fd, text, sizeof text - 1), (ssize_t)sizeof text - 1);
    close(fd);
    cr_assert(faultplan_add_file(&plan, path, stderr));
    cr_assert_eq(plan.plan.count, 2);
    cr_assert_str_eq(plan.plan.fault[0].name, "one");
    cr_assert_eq(plan.wire, 2);
    unlink(path);
    cr_assert_not(faultplan_add_file(&plan, path, fopen("/dev/null", "we")));
}
