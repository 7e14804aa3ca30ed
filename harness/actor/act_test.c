/* SPDX-License-Identifier: MIT */
#include "actor/act.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct actor actor;
static struct act act;

static void begin(void)
{
    actor.shared = shared_new();
    act = (struct act){.actor = &actor, .call = &actor.shared->slot[0]};
}

TestSuite(act, .init = begin);

static struct piece text(const char *bytes)
{
    struct piece piece = shared_alloc(actor.shared, strlen(bytes));
    memcpy(shared_at(actor.shared, piece), bytes, strlen(bytes));
    return piece;
}

Test(act, a_gathered_send_has_its_pieces_in_order)
{
    struct argument list = {.number = 2};
    list.piece = shared_alloc(actor.shared, 2 * sizeof(struct piece));
    struct piece *pieces = shared_at(actor.shared, list.piece);
    pieces[0] = text("one");
    pieces[1] = text("four");
    size_t count = 0;
    struct iovec *iov = act_gather(&act, &list, &count);
    cr_assert_eq(count, 2);
    cr_assert_eq(iov[0].iov_len, 3);
    cr_assert_arr_eq(iov[0].iov_base, "one", 3);
    cr_assert_eq(iov[1].iov_len, 4);
    cr_assert_arr_eq(iov[1].iov_base, "four", 4);
    act_free(iov);
}

Test(act, an_empty_list_is_none_and_no_error)
{
    struct argument list = {.number = 0};
    size_t count = 1;
    struct iovec *iov = act_gather(&act, &list, &count);
    cr_assert_not_null(iov);
    cr_assert_eq(count, 0);
    act_free(iov);
}

Test(act, a_scattered_receive_lies_end_to_end)
{
    enum { MANY = 1025 };
    struct call *call = act.call;
    call->size_count = MANY;
    call->sizes = shared_alloc(actor.shared, MANY * sizeof(uint64_t));
    call->out = shared_alloc(actor.shared, MANY * (MANY - 1) / 2);
    uint64_t *sizes = shared_at(actor.shared, call->sizes);
    for (uint64_t i = 0; i < MANY; i++)
        sizes[i] = i;
    size_t count = 0;
    struct iovec *iov = act_scatter(&act, &count);
    char *next = shared_at(actor.shared, call->out);
    cr_assert_eq(count, MANY);
    for (size_t i = 0; i < count; next += i++) {
        cr_assert_eq(iov[i].iov_base, next);
        cr_assert_eq(iov[i].iov_len, i);
    }
    act_free(iov);
}

Test(act, free_leaves_errno)
{
    errno = EMSGSIZE;
    act_free(malloc(1 << 20));
    cr_assert_eq(errno, EMSGSIZE);
}
