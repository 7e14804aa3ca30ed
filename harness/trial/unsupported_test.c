/* SPDX-License-Identifier: MIT */
#include "trial/unsupported.h"

#include "case/casefile.h"

#include <criterion/criterion.h>
#include <string.h>

#define HEAD "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\ntransport: tcp\nsteps:\n"

static ssize_t no_send(int fd, const void *data, size_t size, int flags)
{
    (void)fd, (void)data, (void)size, (void)flags;
    return 0;
}

static int no_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    (void)fd, (void)level, (void)name, (void)value, (void)length;
    return 0;
}

static const char *const names[] = {"SO_RCVBUF", "MSG_PEEK", NULL};
/* It sends and sets options. */
static const struct stack small = {.name = "small",
                                   .own_address = true,
                                   .names = names,
                                   .send = no_send,
                                   .setsockopt = no_setsockopt};

static void expect(const struct stack *stack, const char *steps, enum code code, const char *reason)
{
    char said[256];
    struct casefile *file = casefile_parse("cases/x.yaml", steps, strlen(steps), NULL, false);
    cr_assert_gt(file->variant_count, 0, "%s", steps);
    struct skip skip = unsupported_skip(stack, &file->variants[0], said, sizeof said);
    cr_expect_eq(skip.code, code, "%s", steps);
    if (reason != NULL)
        cr_expect_str_eq(skip.reason, reason);
    else
        cr_expect_null(skip.reason);
    casefile_free(file);
}

Test(unsupported, a_stack_that_has_all_that_is_asked)
{
    expect(&small, HEAD "  - client: {send: \"x\"}\n", CODE_NONE, NULL);
    expect(&small, HEAD "  - client: {setsockopt: {SO_RCVBUF: 4096}}\n", CODE_NONE, NULL);
    expect(&small, HEAD "  - wire: {sees: fin, from: client}\n", CODE_NONE, NULL);
}

Test(unsupported, a_call_that_is_not_in_its_table)
{
    expect(&small, HEAD "  - client: {send: \"x\"}\n  - server: {recv: 1, data: \"x\"}\n",
           CODE_STACK_CALL, "the stack small has no call recv");
}

Test(unsupported, a_name_that_it_does_not_know)
{
    expect(&small, HEAD "  - client: {setsockopt: {SO_SNDBUF: 4096}}\n", CODE_STACK_OPTION,
           "the stack small has no SO_SNDBUF");
    expect(&small, HEAD "  - client: {send: {data: \"x\", flags: [MSG_OOB]}}\n", CODE_STACK_OPTION,
           "the stack small has no MSG_OOB");
}

Test(unsupported, without_a_list_it_knows_all_names)
{
    struct stack all = small;
    all.names = NULL;
    expect(&all, HEAD "  - client: {setsockopt: {SO_SNDBUF: 4096}}\n", CODE_NONE, NULL);
}

Test(unsupported, two_processes_of_a_host_are_too_many_for_one_with_addresses_of_its_own)
{
    static const char both[] = HEAD "  - client: {send: \"x\"}\n  - client2: {send: \"y\"}\n";
    struct stack kernel = small;
    expect(&small, both, CODE_STACK_ROOM,
           "the stack small has one process to a host, and the case needs more");
    kernel.own_address = false;
    expect(&kernel, both, CODE_NONE, NULL);
}
