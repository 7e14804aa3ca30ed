/* SPDX-License-Identifier: MIT */
#include "trial/shortage.h"

#include "trial/sample.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/socket.h>

static struct sample *sample;
static struct call *call;
static struct pending pending;

static void begin(void)
{
    sample = sample_new(SAMPLE_HEAD "setup: none\nsteps:\n  - client: {socket: SOCK_STREAM}\n"
                                    "  - client: {socket: SOCK_STREAM, errno: EMFILE}\n");
    call = &sample->stage.shared->slot[0];
    call->limit_resource = -1;
    pending = (struct pending){.step = &sample->trial.variant->steps[0]};
}

static void end(void)
{
    sample_free(sample);
}

TestSuite(shortage, .init = begin, .fini = end);

static const char *lacks(int error)
{
    call->error = error;
    return shortage_of(&sample->trial, &pending);
}

/* From now on this process may have so much. */
static void may_have(int resource, rlim_t value)
{
    struct rlimit limit = {value, value};
    cr_assert_eq(setrlimit(resource, &limit), 0);
}

Test(shortage, what_was_not_made_is_one_whatever_came_of_the_call)
{
    cr_assert_null(lacks(0));
    call->lacked = EAGAIN;
    cr_assert_not_null(strstr(lacks(0), "no thread"));
}

Test(shortage, few_descriptors_are_one_where_there_are_few)
{
    cr_assert_null(lacks(ECONNRESET));
    may_have(RLIMIT_NOFILE, 2000);
    cr_assert_null(lacks(EMFILE), "the stack says so");
    may_have(RLIMIT_NOFILE, 64);
    cr_assert_not_null(strstr(lacks(EMFILE), "ulimit -n"));
    cr_assert_null(lacks(ECONNRESET));
}

Test(shortage, a_case_that_is_about_it_has_none)
{
    may_have(RLIMIT_NOFILE, 64);
    pending.step = &sample->trial.variant->steps[1];
    cr_assert_null(lacks(EMFILE));
    pending.step = &sample->trial.variant->steps[0];
    call->limit_resource = RLIMIT_NOFILE;
    cr_assert_null(lacks(EMFILE));
    call->limit_resource = -1;
    call->injected = true;
    cr_assert_null(lacks(EMFILE));
}

Test(shortage, memory_that_cannot_be_locked_is_one_for_a_send_without_copies)
{
    may_have(RLIMIT_MEMLOCK, 0);
    cr_assert_null(lacks(ENOBUFS));
    call->asked = MSG_ZEROCOPY;
    cr_assert_not_null(strstr(lacks(ENOBUFS), "ulimit -l"));
}
