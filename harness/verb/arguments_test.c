/* SPDX-License-Identifier: MIT */
#include "verb/arguments.h"

#include <criterion/criterion.h>

/* Every parameter has a place within the arguments, and no two of a verb share one. */
Test(arguments, every_parameter_has_a_place_of_its_own)
{
    union verb_in in;
    for (int v = 0; v < VERB_COUNT; v++) {
        const struct verb *verb = verb_get((enum verb_id)v);
        for (size_t i = 0; i < verb->param_count; i++) {
            const struct argument *place = verb_argument(&in, verb->id, i);
            size_t offset = (size_t)((const char *)place - (const char *)&in);
            cr_expect_leq(offset + sizeof *place, sizeof in, "%s: %s", verb->name,
                          verb->params[i].name);
            for (size_t k = 0; k < i; k++)
                cr_expect_neq(place, verb_argument(&in, verb->id, k), "%s: %s and %s", verb->name,
                              verb->params[i].name, verb->params[k].name);
        }
    }
}

Test(arguments, a_parameter_lies_in_the_member_of_its_name)
{
    union verb_in in;
    cr_expect_eq(verb_argument(&in, VERB_sendto, 1), &in.data.to);
    cr_expect_eq(verb_argument(&in, VERB_recvmmsg, 1), &in.message.len);
    cr_expect_eq(verb_argument(&in, VERB_epoll_wait, 0), &in.ready.timeout);
    cr_expect_eq(verb_argument(&in, VERB_sctp_connectx, 1), &in.sctp.second);
    cr_expect_eq(verb_argument(&in, VERB_run, 0), &in.program.argv);
}
