/* SPDX-License-Identifier: MIT */
#include "actor/perform.h"

#include "actor/gate.h"
#include "stack/linux.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
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
