/* SPDX-License-Identifier: MIT */
#include "trial/unsupported.h"

#include "case/casefile.h"
#include "stack/sctp.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

#define HEAD "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\ntransport: tcp\nsteps:\n"

static ssize_t no_send(int fd, const void *data, size_t size, int flags)
{
    (void)fd, (void)data, (void)size, (void)flags;
    return 0;
}

static ssize_t no_sendmsg(int fd, const struct msghdr *message, int flags)
{
    (void)fd, (void)message, (void)flags;
    return 0;
}

static ssize_t no_recvmsg(int fd, struct msghdr *message, int flags)
{
    (void)fd, (void)message, (void)flags;
    return 0;
}

static int no_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    (void)fd, (void)level, (void)name, (void)value, (void)length;
    return 0;
}

static int no_socket(int domain, int type, int protocol)
{
    (void)domain, (void)type, (void)protocol;
    return 0;
}

static int no_address(int fd, const struct sockaddr *addr, socklen_t length)
{
    (void)fd, (void)addr, (void)length;
    return 0;
}

static int no_listen(int fd, int backlog)
{
    (void)fd, (void)backlog;
    return 0;
}

static int no_accept(int fd, struct sockaddr *addr, socklen_t *length)
{
    (void)fd, (void)addr, (void)length;
    return 0;
}

static int no_fcntl(int fd, int command, long argument)
{
    (void)fd, (void)command, (void)argument;
    return 0;
}

static int no_ioctl(int fd, unsigned long request, void *argument)
{
    (void)fd, (void)request, (void)argument;
    return 0;
}

static bool speaks_tcp(const struct stack *stack, int protocol)
{
    (void)stack;
    return protocol == IPPROTO_TCP;
}

static bool speaks_all(const struct stack *stack, int protocol)
{
    (void)stack, (void)protocol;
    return true;
}

static const char *const names[] = {"SO_RCVBUF", "MSG_PEEK", NULL};
/* It connects, sends and sets options. */
static const struct stack small = {.name = "small",
                                   .alone = true,
                                   .names = names,
                                   .speaks = speaks_tcp,
                                   .socket = no_socket,
                                   .bind = no_address,
                                   .listen = no_listen,
                                   .connect = no_address,
                                   .accept = no_accept,
                                   .send = no_send,
                                   .setsockopt = no_setsockopt};

static bool alike(const char *one, const char *other)
{
    return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static void expect(const struct stack *stack, const char *steps, enum code code, const char *reason)
{
    char said[256];
    struct casefile *file = casefile_parse("cases/x.yaml", steps, strlen(steps), NULL, false);
    cr_assert_gt(file->variant_count, 0, "%s", steps);
    struct skip skip = unsupported_skip(stack, &file->variants[0], said, sizeof said);
    cr_expect_eq(skip.code, code, "%s", steps);
    cr_expect(alike(skip.reason, reason), "%s", skip.reason != NULL ? skip.reason : "no reason");
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

Test(unsupported, a_command_or_a_request_that_it_does_not_know)
{
    struct stack more = small;
    more.fcntl = no_fcntl;
    more.ioctl = no_ioctl;
    expect(&more, HEAD "  - client: {fcntl: F_GETOWN}\n", CODE_STACK_OPTION,
           "the stack small has no F_GETOWN");
    expect(&more, HEAD "  - client: {ioctl: FIONREAD}\n", CODE_STACK_OPTION,
           "the stack small has no FIONREAD");
}

Test(unsupported, a_kernels_family_and_what_comes_beside_data)
{
    struct stack more = small;
    more.recvmsg = no_recvmsg;
    expect(&more, HEAD "  - client: {socket: {type: SOCK_STREAM, domain: AF_UNIX}, as: x}\n",
           CODE_STACK_OPTION, "the stack small has no AF_UNIX");
    expect(&more, HEAD "  - client: {recvmsg: [8], control: []}\n", CODE_STACK_OPTION,
           "the stack small has no control data");
}

Test(unsupported, control_data_of_a_type_that_it_does_not_know)
{
    static const char takes[] =
        HEAD "  - client: {sendmsg: {iov: [\"x\"], control: [{type: IP_TTL, value: 7}]}}\n";
    static const char gives[] =
        HEAD "  - client: {recvmsg: {iov: [64], control: 128}, data: [\"x\"]}\n";
    static const char tells[] = HEAD
        "  - client: {recvmsg: {iov: [8], control: 64}, control: [{type: IP_TTL, value: 7}]}\n";
    static const char *const controls[] = {"control data", "IP_TOS", NULL};
    static const char *const times[] = {"control data", "IP_TTL", NULL};
    struct stack plain = small;
    plain.sendmsg = no_sendmsg;
    plain.recvmsg = no_recvmsg;
    expect(&plain, takes, CODE_STACK_OPTION, "the stack small has no control data");
    expect(&plain, gives, CODE_STACK_OPTION, "the stack small has no control data");
    plain.names = controls;
    expect(&plain, takes, CODE_STACK_OPTION, "the stack small has no IP_TTL");
    expect(&plain, gives, CODE_NONE, NULL);
    expect(&plain, tells, CODE_STACK_OPTION, "the stack small has no IP_TTL");
    plain.names = times;
    expect(&plain, tells, CODE_NONE, NULL);
    expect(&plain, takes, CODE_NONE, NULL);
}

Test(unsupported, without_a_list_it_knows_all_names)
{
    struct stack all = small;
    all.names = NULL;
    expect(&all, HEAD "  - client: {setsockopt: {SO_SNDBUF: 4096}}\n", CODE_NONE, NULL);
}

Test(unsupported, a_version_of_ip_of_the_variant_or_of_a_socket)
{
    static const char six[] = "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\n"
                              "transport: tcp\nfamily: [inet]\nsetup: none\nsteps:\n"
                              "  - client: {socket: {type: SOCK_STREAM, domain: AF_INET6}}\n";
    struct stack old = small;
    struct stack new = small;
    old.lacks_ipv6 = new.lacks_ipv4 = true;
    expect(&new, HEAD "  - client: {send: \"x\"}\n", CODE_STACK_FAMILY,
           "the stack small has no IPv4");
    expect(&old, HEAD "  - client: {send: \"x\"}\n", CODE_NONE, NULL);
    expect(&old, six, CODE_STACK_FAMILY, "the stack small has no IPv6");
}

Test(unsupported, a_program_cannot_use_a_stack_of_a_process)
{
    static const char runs[] = "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\n"
                               "transport: tcp\nsubject: program\nprograms: [sh]\nsetup: none\n"
                               "steps:\n  - client: {run: [sh]}\n";
    struct stack process = small;
    process.userspace = true;
    expect(&process, runs, CODE_STACK_PROGRAM, "the stack small is none that programs can use");
    expect(&small, runs, CODE_NONE, NULL);
}

Test(unsupported, two_processes_of_a_host_are_too_many_for_one_that_has_it_alone)
{
    static const char both[] = HEAD "  - client: {send: \"x\"}\n  - client2: {send: \"y\"}\n";
    struct stack kernel = small;
    expect(&small, both, CODE_STACK_ROOM,
           "the stack small has one process to a host, and the case needs more");
    kernel.alone = false;
    expect(&kernel, both, CODE_NONE, NULL);
}

Test(unsupported, a_call_that_the_set_up_makes)
{
    struct stack mute = small;
    mute.accept = NULL;
    expect(&mute, HEAD "  - client: {send: \"x\"}\n", CODE_STACK_CALL,
           "the stack small has no call accept");
    expect(&mute,
           "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\ntransport: tcp\n"
           "setup: none\nsteps:\n  - client: {socket: SOCK_STREAM}\n",
           CODE_NONE, NULL);
}

Test(unsupported, raw_sockets_of_a_step_or_of_the_set_up)
{
    struct stack able = small;
    able.speaks = speaks_all;
    static const char plain[] = HEAD "  - client: {socket: SOCK_RAW, as: other}\n";
    static const char listed[] =
        HEAD "  - client: {socket: {type: [SOCK_RAW, SOCK_NONBLOCK]}, as: other}\n";
    static const char set_up[] = "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\n"
                                 "transport: icmp\nsteps:\n  - client: {send: \"x\"}\n";
    const char *const raw[] = {plain, listed, set_up};
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
        expect(&small, raw[i], CODE_STACK_PROTOCOL, "the stack small has no raw sockets");
        expect(&able, raw[i], CODE_NONE, NULL);
    }
    expect(&small,
           "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\ntransport: icmp\n"
           "setup: none\nsteps:\n  - client: {socket: SOCK_DGRAM}\n",
           CODE_NONE, NULL);
}

Test(unsupported, a_family_that_only_a_kernel_has)
{
    expect(&small, HEAD "  - client: {socket: {type: SOCK_STREAM, domain: AF_UNIX}, as: other}\n",
           CODE_STACK_OPTION, "the stack small has no AF_UNIX");
    expect(&small, HEAD "  - client: {socket: {type: SOCK_STREAM, domain: AF_INET}, as: other}\n",
           CODE_NONE, NULL);
}

/* SCTP with one option of one member, and one word. */
static const struct sctp_constant words[] = {{"SCTP_ALL_ASSOC", 2, SCTP_SET_VALUE},
                                             {NULL, 0, SCTP_SET_NUMBER}};
static const struct sctp_layout layouts[] = {
    {"SCTP_RTOINFO", 1, 4, {{"srto_initial", 0, 4, SCTP_SET_NUMBER}}}, {.name = NULL}};
static const struct sctp_dialect dialect = {words, layouts, layouts + 1};
static const struct stack_sctp sctp = {.dialect = &dialect};

static void expect_sctp(const char *step, const char *lacks)
{
    char text[512], reason[128];
    struct stack stack = small;
    stack.sctp = &sctp; /* it answers for SCTP's options, whatever the names */
    snprintf(text, sizeof text,
             "title: A case\ncites: [posix/recv/orderly-shutdown-zero]\n"
             "transport: sctp\nsteps:\n  - client: {setsockopt: {%s}}\n",
             step);
    snprintf(reason, sizeof reason, "the stack small has no %s", lacks != NULL ? lacks : "");
    expect(&stack, text, lacks != NULL ? CODE_STACK_OPTION : CODE_NONE,
           lacks != NULL ? reason : NULL);
}

Test(unsupported, an_option_a_member_or_a_word_that_its_sctp_does_not_have)
{
    expect_sctp("SCTP_RTOINFO: {srto_initial: 7}", NULL);
    expect_sctp("SCTP_RTOINFO: {srto_initial: SCTP_ALL_ASSOC}", NULL);
    expect_sctp("SCTP_RTOINFO: {srto_max: 7}", "srto_max");
    expect_sctp("SCTP_RTOINFO: {srto_initial: SCTP_FUTURE_ASSOC}", "SCTP_FUTURE_ASSOC");
    expect_sctp("SCTP_NODELAY: 1", "SCTP_NODELAY");
}
