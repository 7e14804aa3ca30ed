/* SPDX-License-Identifier: MIT */
#include "engine/candidate.h"

#include "case/casefile.h"
#include "stack/stacks.h"

#include <criterion/criterion.h>
#include <string.h>

#define HEAD "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\ntransport: tcp\n"
#define STEPS "steps:\n  - client: {send: \"x\"}\n"

static const struct places here = {.asked = WHERE_AUTO, .wire = true};
static const struct places no_wire = {.asked = WHERE_AUTO, .no_wire = "namespaces are refused"};
static const struct places by_loopback = {.asked = WHERE_LOOPBACK, .wire = true};
static const struct places by_wire = {.asked = WHERE_WIRE, .wire = true};
static const struct places wire_in_vain = {.asked = WHERE_WIRE, .no_wire = "refused"};

/* It is this one; reason NULL: there is none. */
static void is_skip(struct skip skip, enum code code, const char *reason)
{
    bool same = reason == NULL ? skip.reason == NULL
                               : skip.reason != NULL && strcmp(skip.reason, reason) == 0;
    cr_expect_eq(skip.code, code, "%s", code_word(skip.code));
    cr_expect(same, "%s", skip.reason != NULL ? skip.reason : "no reason");
}

/* The first variant of a case, on a stack, at these places: why it cannot run. */
static void placed(const char *text, const char *stack, const struct places *places, enum code code,
                   const char *reason, bool on_wire)
{
    char said[512];
    bool wire = !on_wire;
    struct candidate candidate = {.name = stack, .stack = stacks_find(stack)};
    struct casefile *file = casefile_parse("cases/x.yaml", text, strlen(text), NULL, false);
    cr_assert_gt(file->variant_count, 0);
    struct skip skip =
        candidate_placed(&candidate, &file->variants[0], places, &wire, said, sizeof said);
    is_skip(skip, code, reason);
    cr_expect_eq(wire, on_wire);
    casefile_free(file);
}

Test(candidate, a_case_for_any_place_runs_where_it_can)
{
    placed(HEAD STEPS, "linux", &here, CODE_NONE, NULL, true);
    placed(HEAD STEPS, "linux", &no_wire, CODE_NONE, NULL, false);
    placed(HEAD STEPS, "linux", &by_loopback, CODE_NONE, NULL, false);
}

Test(candidate, what_needs_a_wire_does_not_run_without)
{
    placed(HEAD "place: wire\n" STEPS, "linux", &no_wire, CODE_NO_WIRE,
           "needs a wire between two hosts: namespaces are refused", false);
    placed(HEAD "place: wire\n" STEPS, "linux", &by_loopback, CODE_PLACE_LOOPBACK,
           "needs a wire between two hosts: --place loopback was asked for", false);
    placed(HEAD STEPS, "lwip", &no_wire, CODE_NO_WIRE,
           "needs a wire between two hosts: namespaces are refused", false);
}

Test(candidate, a_port_of_its_own_needs_a_host_of_its_own)
{
    static const char text[] = "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\n"
                               "transport: tcp\nsubject: program\nport: 80\nprograms: [sh]\n"
                               "setup: none\nsteps:\n  - client: {run: [sh]}\n";
    placed(text, "linux", &here, CODE_NONE, NULL, true);
    placed(text, "linux", &by_loopback, CODE_NEEDS_PORT,
           "needs port 80, which only a host of its own is sure to have free: --place loopback was "
           "asked for",
           false);
}

Test(candidate, place_wire_takes_no_case_for_loopback_and_is_in_vain_without_one)
{
    placed(HEAD "place: loopback\n" STEPS, "linux", &by_wire, CODE_PLACE_WIRE,
           "--place wire was asked for: the case is for loopback", false);
    placed(HEAD STEPS, "linux", &wire_in_vain, CODE_NO_WIRE, "--place wire was asked for: refused",
           false);
    placed(HEAD "place: loopback\n" STEPS, "linux", &here, CODE_NONE, NULL, false);
}

Test(candidate, a_command_is_started_on_a_host_of_ours_alone)
{
    char said[512];
    bool wire = true;
    static const char text[] = HEAD "place: loopback\n" STEPS;
    struct stack stack = *stacks_find("linux");
    struct candidate candidate = {.name = "box", .stack = &stack};
    struct casefile *file = casefile_parse("cases/x.yaml", text, strlen(text), NULL, false);
    stack.command = "relay";
    struct skip skip =
        candidate_placed(&candidate, &file->variants[0], &here, &wire, said, sizeof said);
    cr_expect_eq(skip.code, CODE_PLACE_LOOPBACK);
    cr_expect_str_eq(skip.reason, "the command of the stack is only started on a host that "
                                  "sockproof made: the case is for loopback");
    cr_expect_not(wire);
    casefile_free(file);
}

Test(candidate, what_the_build_or_the_stack_lacks_comes_before_the_place)
{
    placed("title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: sctp\npeer: wire\n" STEPS,
           "linux", &no_wire, CODE_NOT_CARRIED, "'peer' with SCTP is not carried out by this build",
           false);
    placed(HEAD STEPS, "usrsctp", &no_wire, CODE_STACK_PROTOCOL,
           "the stack usrsctp has no tcp here", false);
}

Test(candidate, an_emulated_processor_takes_no_crowd)
{
    static const char crowd[] = HEAD "clients: 1000\nsteps:\n  - clients: {send: \"x\"}\n";
    char said[512];
    struct casefile *file = casefile_parse("cases/x.yaml", crowd, strlen(crowd), NULL, false);
    struct candidate qemu = {.name = "qemu:6.12"};
    struct candidate uml = {.name = "uml:6.1"};
    cr_assert_gt(file->variant_count, 0);
    cr_expect_eq(candidate_lacks(&qemu, &file->variants[0], said, sizeof said).code, CODE_TOO_SLOW);
    cr_expect_eq(candidate_lacks(&uml, &file->variants[0], said, sizeof said).code, CODE_NONE);
    casefile_free(file);
}

Test(candidate, programs_do_not_go_to_another_machine)
{
    static const char runs[] = "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\n"
                               "transport: tcp\nsubject: program\nprograms: [sh]\n"
                               "setup: none\nsteps:\n  - client: {run: [sh]}\n";
    char said[512];
    struct casefile *file = casefile_parse("cases/x.yaml", runs, strlen(runs), NULL, false);
    struct casefile *other =
        casefile_parse("cases/x.yaml", HEAD STEPS, strlen(HEAD STEPS), NULL, false);
    struct candidate board = {.name = "board", .far = "root@board"};
    struct skip skip = candidate_lacks(&board, &file->variants[0], said, sizeof said);
    is_skip(skip, CODE_STACK_PROGRAM,
            "programs run here, and the stack board is another machine's");
    cr_expect_eq(candidate_lacks(&board, &other->variants[0], said, sizeof said).code, CODE_NONE);
    casefile_free(file);
    casefile_free(other);
}
