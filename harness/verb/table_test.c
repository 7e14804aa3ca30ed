/* SPDX-License-Identifier: MIT */
#include "verb/table.h"

#include <criterion/criterion.h>

static const struct verb *verb_at(int i)
{
    return verb_get((enum verb_id)i);
}

Test(table, every_verb_has_all_operations)
{
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb_ops *ops = verb_table((enum verb_id)i);
        cr_assert_not_null(ops, "%s", verb_at(i)->name);
        cr_expect_not_null(ops->prepare, "%s", verb_at(i)->name);
        cr_expect_not_null(ops->perform, "%s", verb_at(i)->name);
        cr_expect_not_null(ops->success, "%s", verb_at(i)->name);
        cr_expect_not_null(ops->account, "%s", verb_at(i)->name);
        cr_expect_not_null(ops->account->end, "%s", verb_at(i)->name);
        cr_expect_not_null(ops->value, "%s", verb_at(i)->name);
    }
}

Test(table, what_sends_says_which_bytes)
{
    for (int i = 0; i < VERB_COUNT; i++)
        cr_expect_eq(verb_table((enum verb_id)i)->account->bytes != NULL,
                     verb_has(verb_at(i), VERB_SENDS), "%s", verb_at(i)->name);
}

Test(table, what_receives_accounts_for_it)
{
    for (int i = 0; i < VERB_COUNT; i++)
        if (verb_has(verb_at(i),
                     VERB_SENDS | VERB_RECEIVES | VERB_MAKES | VERB_MAKES_SOCKET | VERB_MAKES_PAIR))
            cr_expect_neq(verb_table((enum verb_id)i)->account, &account_nothing, "%s",
                          verb_at(i)->name);
}

Test(table, what_may_be_asked_for_a_value_has_one)
{
    for (int i = 0; i < VERB_COUNT; i++)
        if (!verb_has(verb_at(i), VERB_ENDS_STARTED))
            cr_expect_eq(verb_table((enum verb_id)i)->value != no_value,
                         (verb_at(i)->outs & OUT_value) != 0, "%s", verb_at(i)->name);
}

Test(table, a_call_of_an_actor_is_performed_and_what_the_wire_does_is_carried_out)
{
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb_ops *ops = verb_table((enum verb_id)i);
        bool wire = verb_at(i)->side == SIDE_WIRE;
        bool call = !wire && !verb_has(verb_at(i), VERB_NO_CALL);
        cr_expect(!call || ops->perform != perform_nothing, "%s", verb_at(i)->name);
        cr_expect(!call || ops->carry == NULL, "%s", verb_at(i)->name);
        cr_expect(!wire || ops->perform == perform_nothing, "%s", verb_at(i)->name);
        cr_expect(!wire || ops->carry != NULL, "%s", verb_at(i)->name);
    }
}

static size_t success(enum verb_id verb, const struct call *call)
{
    return verb_table(verb)->success(call);
}

Test(table, success_is_all_that_was_asked)
{
    static struct call call;
    call.in.data.data.piece.size = 7;
    cr_expect_eq(success(VERB_send, &call), 7);
    cr_expect_eq(success(VERB_sendto, &call), 7);
    cr_expect_eq(success(VERB_write, &call), 7);
    cr_expect_eq(success(VERB_recv, &call), 0, "whatever comes");
    call.gathered.size = 9;
    cr_expect_eq(success(VERB_sendmsg, &call), 9);
    cr_expect_eq(success(VERB_writev, &call), 9);
}

Test(table, success_of_messages_and_loops)
{
    static struct call call;
    call.in.message.messages.number = 3;
    cr_expect_eq(success(VERB_sendmmsg, &call), 3);
    call = (struct call){0};
    call.in.loop.data.piece.size = 100;
    call.in.loop.len.number = 64;
    call.in.loop.count.number = 12;
    cr_expect_eq(success(VERB_send_all, &call), 100);
    cr_expect_eq(success(VERB_recv_all, &call), 64);
    cr_expect_eq(success(VERB_send_each, &call), 12);
    cr_expect_eq(success(VERB_recv_each, &call), 12);
    cr_expect_eq(success(VERB_fill, &call), 0);
}
