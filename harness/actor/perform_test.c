/* SPDX-License-Identifier: MIT */
#include "actor/perform.h"

#include "actor/gate.h"
#include "stack/linux.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct actor actor;
static struct call *call;

static void begin(void)
{
    actor = (struct actor){.name = "client", .shared = shared_new(), .stack = &stack_linux};
    gate_begin(actor.stack);
    call = &actor.shared->slot[0];
    call->fd = -1;
    call->limit_resource = -1;
    call->verb = VERB_socket;
    call->in.socket.type.number = SOCK_STREAM;
    call->in.socket.domain.number = AF_UNIX;
}

TestSuite(perform, .init = begin);

Test(perform, the_result_and_when_it_was)
{
    perform(&actor, call);
    cr_assert_geq(call->result, 0);
    cr_assert_eq(call->error, 0);
    cr_assert_eq(call->tid, gettid());
    cr_assert(call->began_ns > 0 && call->began_ns <= call->ended_ns);
    close((int)call->result);
}

Test(perform, an_error)
{
    call->verb = VERB_close;
    call->in.socket.fd.number = call->fd = 9999;
    perform(&actor, call);
    cr_assert_eq(call->result, -1);
    cr_assert_eq(call->error, EBADF);
}

Test(perform, a_limit_holds_for_the_call_and_is_put_back)
{
    struct rlimit before, after;
    getrlimit(RLIMIT_NOFILE, &before);
    call->limit_resource = RLIMIT_NOFILE;
    call->limit_value = 0;
    perform(&actor, call);
    getrlimit(RLIMIT_NOFILE, &after);
    cr_assert_eq(call->result, -1);
    cr_assert_eq(call->error, EMFILE);
    cr_assert_eq(after.rlim_cur, before.rlim_cur);
    cr_assert_eq(after.rlim_max, before.rlim_max);
}

static uint32_t effective(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
    cr_assert_eq(syscall(SYS_capget, &header, data), 0);
    return data[0].effective;
}

/* A raw socket asks for CAP_NET_RAW (raw(7)). */
Test(perform, a_capability_is_gone_for_the_call_and_comes_back)
{
    uint32_t before = effective();
    call->in.socket.domain.number = AF_INET;
    call->in.socket.type.number = SOCK_RAW;
    call->in.socket.protocol.number = 253;
    call->without = UINT64_C(1) << CAP_NET_RAW;
    perform(&actor, call);
    cr_assert_eq(call->result, -1);
    cr_assert_eq(call->error, EPERM);
    cr_assert_eq(effective(), before);
}

Test(perform, a_call_on_many_sockets_is_made_on_each)
{
    enum { MANY = 3 };
    call->each = MANY;
    call->fds = shared_alloc(actor.shared, MANY * sizeof(int32_t));
    call->results = shared_alloc(actor.shared, MANY * sizeof(struct each_result));
    perform(&actor, call);
    const struct each_result *results = shared_at(actor.shared, call->results);
    cr_assert_eq(call->result, MANY);
    for (int i = 0; i < MANY; i++) {
        cr_assert_geq(results[i].result, 0);
        cr_assert(i == 0 || results[i].result != results[i - 1].result);
    }
}

/* --- a stack that tells more than it was given room for --------------------------------------- */

enum { ROOM = 8, BEYOND = 1000000 };

static ssize_t receive_beyond(int fd, void *data, size_t size, int flags)
{
    (void)fd, (void)flags;
    memset(data, 'x', size);
    return (ssize_t)size + BEYOND;
}

static ssize_t receive_from_beyond(int fd, void *data, size_t size, int flags,
                                   struct sockaddr *from, socklen_t *from_size)
{
    (void)from;
    *from_size += BEYOND;
    return receive_beyond(fd, data, size, flags);
}

static ssize_t receive_message_beyond(int fd, struct msghdr *message, int flags)
{
    message->msg_controllen += BEYOND;
    return receive_beyond(fd, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len, flags);
}

static int receive_messages_beyond(int fd, struct mmsghdr *messages, unsigned count, int flags,
                                   struct timespec *timeout)
{
    (void)fd, (void)flags, (void)timeout;
    for (unsigned i = 0; i < count; i++)
        messages[i].msg_len = BEYOND;
    return (int)count + BEYOND;
}

static int send_messages_beyond(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    return receive_messages_beyond(fd, messages, count, flags, NULL);
}

static int get_beyond(int fd, int level, int name, void *value, socklen_t *size)
{
    (void)fd, (void)level, (void)name, (void)value;
    *size += BEYOND;
    return 0;
}

static int wait_beyond(int fd, struct epoll_event *events, int most, int timeout_ms)
{
    (void)fd, (void)timeout_ms;
    memset(events, 0, (size_t)most * sizeof *events);
    return most + BEYOND;
}

/* Two rooms of the call, and what lies behind them; nothing may write there. */
static uint8_t *behind(size_t out, size_t out2)
{
    call->out = shared_alloc(actor.shared, out);
    call->out2 = shared_alloc(actor.shared, out2);
    struct piece piece = shared_alloc(actor.shared, BEYOND);
    return memset(shared_at(actor.shared, piece), 7, piece.size);
}

static void stays_within(enum verb_id verb, size_t out, size_t out2)
{
    call->verb = verb;
    call->size = call->size2 = 0;
    const uint8_t *bytes = behind(out, out2);
    perform(&actor, call);
    cr_expect_leq(call->size, out, "%s: %llu", verb_get(verb)->name,
                  (unsigned long long)call->size);
    cr_expect_leq(call->size2, out2, "%s", verb_get(verb)->name);
    cr_expect_leq(call->from_size, sizeof call->from, "%s", verb_get(verb)->name);
    for (size_t i = 0; i < BEYOND; i++)
        cr_assert_eq(bytes[i], 7, "%s: byte %zu", verb_get(verb)->name, i);
}

static struct argument numbered(int64_t number)
{
    return (struct argument){.number = number};
}

Test(perform, what_a_stack_tells_beyond_the_room_is_not_looked_at)
{
    struct stack beyond = stack_linux;
    beyond.recv = receive_beyond;
    beyond.recvfrom = receive_from_beyond;
    beyond.recvmsg = receive_message_beyond;
    beyond.recvmmsg = receive_messages_beyond;
    beyond.getsockopt = get_beyond;
    beyond.epoll_wait = wait_beyond;
    actor.stack = &beyond;
    memset(&call->in, 0, sizeof call->in);
    call->in.data.len = numbered(ROOM);
    stays_within(VERB_recv, ROOM, 0);
    call->datagram = true;
    stays_within(VERB_recvfrom, ROOM, 0);
    call->datagram = false;
    stays_within(VERB_getsockopt, ROOM, 0);
    cr_expect_eq(call->beyond, BEYOND); /* told, so that it is judged */
    memset(&call->in, 0, sizeof call->in);
    call->in.loop.len = numbered(ROOM);
    stays_within(VERB_recv_all, ROOM, 0);
    call->in.loop.count = numbered(3);
    stays_within(VERB_recv_each, (size_t)3 * ROOM, 3 * sizeof(uint64_t));
    memset(&call->in, 0, sizeof call->in);
    call->in.message.len = numbered(ROOM);
    call->in.message.count = numbered(3);
    stays_within(VERB_recvmmsg, (size_t)3 * ROOM, 3 * sizeof(uint64_t));
    memset(&call->in, 0, sizeof call->in);
    call->in.ready.maxevents = numbered(2);
    stays_within(VERB_epoll_wait, 2 * sizeof(struct epoll_event), 0);
}

Test(perform, a_message_beyond_its_buffers_and_its_control_data)
{
    struct stack beyond = stack_linux;
    beyond.recvmsg = receive_message_beyond;
    actor.stack = &beyond;
    memset(&call->in, 0, sizeof call->in);
    call->sizes = shared_alloc(actor.shared, sizeof(uint64_t));
    *(uint64_t *)shared_at(actor.shared, call->sizes) = ROOM;
    call->size_count = 1;
    stays_within(VERB_recvmsg, ROOM, 64);
}

Test(perform, more_messages_told_than_there_were)
{
    struct stack beyond = stack_linux;
    beyond.sendmmsg = send_messages_beyond;
    actor.stack = &beyond;
    memset(&call->in, 0, sizeof call->in);
    call->verb = VERB_sendmmsg;
    call->gathered = shared_alloc(actor.shared, ROOM);
    struct piece list = shared_alloc(actor.shared, sizeof(struct piece));
    *(struct piece *)shared_at(actor.shared, list) = call->gathered;
    call->in.message.messages = (struct argument){.number = 1, .piece = list};
    perform(&actor, call);
    cr_assert_eq(call->result, 1 + BEYOND);
    cr_assert_eq(call->size, BEYOND); /* that of the one message */
}
