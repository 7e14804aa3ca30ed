/* SPDX-License-Identifier: MIT */
#include "case/casefile.h"

#include <criterion/criterion.h>
#include <string.h>

#define SOCKET "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"

static struct casefile *file;

static void end(void)
{
    casefile_free(file);
    file = NULL;
}

TestSuite(pktcase, .fini = end);

static const struct variant *load(const char *text)
{
    casefile_free(file);
    file = casefile_parse("cases/x.pkt", text, strlen(text), NULL, true);
    cr_assert_eq(file->complaints.count, 0, "%s: %s", text,
                 file->complaints.first != NULL ? file->complaints.first->message : "");
    cr_assert_gt(file->variant_count, 0);
    return &file->variants[0];
}

/* The last step of a script that begins with a socket, as a case would have it. */
static const char *last_step(const char *text)
{
    char whole[512];
    snprintf(whole, sizeof whole, SOCKET "%s", text);
    const struct variant *variant = load(whole);
    cr_assert_null(variant->skip.reason, "%s: %s", text, variant->skip.reason);
    const struct step *step = &variant->steps[variant->step_count - 1];
    struct arena *arena = file->arena;
    const char *out = step->verb->name;
    for (size_t i = 0; i < step->verb->param_count; i++)
        if (step->param[i] != NULL)
            out = arena_printf(arena, "%s %s", out, node_print(arena, step->param[i]));
    for (int i = 0; i < MODIFIER_COUNT; i++)
        if (step->modifier[i] != NULL)
            out = arena_printf(arena, "%s, %s %s", out, modifier_names[i],
                               node_print(arena, step->modifier[i]));
    for (int i = 0; i < EXPECT_COUNT; i++)
        if (step->expect[i] != NULL)
            out = arena_printf(arena, "%s; %s %s", out, expectation_names[i],
                               node_print(arena, step->expect[i]));
    return out;
}

Test(pktcase, calls_are_steps)
{
    static const struct {
        const char *call, *step;
    } all[] = {
        {"+0 bind(3, ..., ...) = 0", "bind {host: server}, fd fd3; returns 0"},
        {"+0 listen(3, 5) = 0", "listen 5, fd fd3; returns 0"},
        {"+0 accept(3, ..., ...) = 4", "accept fd3, as fd4"},
        {"+0 accept(3, ..., ...) = -1 EAGAIN (no)", "accept fd3; errno EAGAIN"},
        {"+0 read(3, ..., 10) = 4", "read 10, fd fd3; returns 4"},
        {"+0 read(3, \"ab\", 10) = 2", "read 10, fd fd3; returns 2; data \"ab\""},
        {"+0 write(3, ..., 10) = 10", "write {zeros: 10}, fd fd3; returns 10"},
        {"+0 write(3, \"abc\", 2) = 2", "write \"ab\", fd fd3; returns 2"},
        {"+0 send(3, ..., 1, MSG_OOB|MSG_DONTWAIT) = 1",
         "send {zeros: 1} [MSG_OOB, MSG_DONTWAIT], fd fd3; returns 1"},
        {"+0 write(3, ..., 1) = -1 EPIPE",
         "write {zeros: 1}, fd fd3; errno EPIPE; signals [SIGPIPE]"},
        {"+0 shutdown(3, SHUT_RDWR) = 0", "shutdown SHUT_RDWR, fd fd3; returns 0"},
        {"+0 close(3) = 0", "close fd3; returns 0"},
        {"+0 setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0",
         "setsockopt TCP_NODELAY 1, fd fd3; returns 0"},
        {"+0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=2}, 8) = 0",
         "setsockopt SO_LINGER {l_onoff: 1, l_linger: 2}, fd fd3; returns 0"},
        {"+0 setsockopt(3, SOL_SOCKET, SO_RCVTIMEO, {tv_sec=1, tv_usec=5}, 16) = 0",
         "setsockopt SO_RCVTIMEO 1000005us, fd fd3; returns 0"},
        {"+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0",
         "getsockopt SO_ERROR, fd fd3; returns 0; value ECONNREFUSED"},
        {"+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
         "fcntl F_SETFL [O_RDWR, O_NONBLOCK], fd fd3; returns 0"},
        {"+0 poll([{fd=3, events=POLLIN, revents=POLLIN}], 1, 100) = 1",
         "poll [POLLIN] 100ms, fd fd3; returns 1; revents [POLLIN]"},
        {"+0 %{ assert tcpi_rto }%", "getsockopt TCP_INFO 512, fd fd3"},
        {"+0 `ls`",
         "run [\"sh\", \"-c\", \"cd \\\"$1\\\" && eval \\\"$2\\\"\", \"sh\", \"cases\", \"ls\"]"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cr_expect_str_eq(last_step(all[i].call), all[i].step);
}

Test(pktcase, a_call_that_blocks_is_begun_and_ended_before_the_next_one)
{
    const struct variant *variant =
        load(SOCKET "+0...+1 read(3, ..., 9) = 5\n+0 < . 1:1(0) ack 1\n+0 close(3) = 0\n");
    static const char *const verbs[] = {"socket", "read", "sees", "done", "close"};
    cr_assert_eq(variant->step_count, 5);
    for (size_t i = 0; i < 5; i++)
        cr_expect_str_eq(variant->steps[i].verb->name, verbs[i]);
    cr_expect(variant->steps[3].ends && !variant->steps[1].ends);
    cr_expect_eq(variant->steps[3].event, variant->steps[1].event);
    cr_expect_null(variant->steps[1].expect[EXPECT_returns]);
    cr_expect_not_null(variant->steps[3].expect[EXPECT_returns]);
}

Test(pktcase, who_makes_the_calls)
{
    cr_expect_str_eq(load(SOCKET "+0 listen(3, 1) = 0\n")->steps[0].actor, "server");
    const struct variant *variant = load(SOCKET "+0 connect(3, ..., ...) = 0\n");
    cr_expect_str_eq(variant->steps[0].actor, "client");
    cr_expect_eq(variant->absent, SIDE_SERVER);
    cr_expect(variant->needs_wire);
}

Test(pktcase, variants_are_families)
{
    static const char *const names[] = {"ipv4", "ipv6", "ipv4-mapped-ipv6"};
    load(SOCKET);
    cr_assert_eq(file->variant_count, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(file->variants[i].name, names[i]);
    cr_expect_str_eq(file->variants[0].id, "x.pkt[ipv4]");
    load("--ip_version=ipv4-mapped-ipv6\n" SOCKET "+0 bind(3, ..., ...) = 0\n");
    cr_assert_eq(file->variant_count, 1);
    cr_expect_eq(file->variants[0].family, AF_INET);
    cr_expect_str_eq(node_print(file->arena, file->variants[0].steps[1].param[0]),
                     "{host: server, family: AF_INET6, form: mapped}");
}

Test(pktcase, what_is_not_known_is_skipped_with_its_place)
{
    static const struct {
        const char *text, *reason;
    } all[] = {
        {"+0 nothing(3) = 0", "cases/x.pkt:2:4: system call nothing"},
        {"+0 setsockopt(3, SOL_TCP, TCP_NOTHING, [1], 4) = 0",
         "cases/x.pkt:2:27: socket option TCP_NOTHING"},
        {"+0 setsockopt(3, SOL_SOCKET, TCP_NODELAY, [1], 4) = 0",
         "cases/x.pkt:2:30: socket option TCP_NODELAY"},
        {"+0 read(3, ..., 1) = -1 ENOTHING", "cases/x.pkt:2:4: the error ENOTHING"},
        {"+0 read(4, ..., 1) = 1", "cases/x.pkt:2:9: a descriptor that no call before has made"},
        {"+0 %{ assert nothing }%", "cases/x.pkt:2:14: nothing in a code"},
        {"+0 < icmp nothing [1:1(0)]", "cases/x.pkt:2:11: ICMP message nothing"},
        {"+0 < . 1:65002(65001)", "cases/x.pkt:2:4: an inbound packet that is too large"},
        {"+0 f() = 0\n+0 g() = 0", "cases/x.pkt:2:4: system call f (and 1 more)"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char whole[512];
        snprintf(whole, sizeof whole, SOCKET "%s\n", all[i].text);
        const struct variant *variant = load(whole);
        cr_assert_eq(variant->skip.code, CODE_UNKNOWN_CONSTRUCT, "%s", all[i].text);
        cr_expect_str_eq(variant->skip.reason, all[i].reason);
        cr_expect_eq(variant->step_count, 0);
    }
}

Test(pktcase, a_file_that_is_wrong_has_no_variants)
{
    file = casefile_parse("x.pkt", "0 f(", 4, NULL, true);
    cr_expect_eq(file->variant_count, 0);
    cr_expect_eq(file->complaints.count, 1);
}
