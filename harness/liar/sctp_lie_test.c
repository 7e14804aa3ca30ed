/* SPDX-License-Identifier: MIT */
#include "liar/sctp_lie.h"

#include "stack/usrsctp.h"

#include <criterion/criterion.h>
#include <string.h>

Test(sctp_lie, every_name_is_a_lie_that_says_what_it_does)
{
    size_t count = 0;
    for (const char *const *name = sctp_lie_names(); *name != NULL; name++, count++) {
        cr_assert_eq(strncmp(*name, "sctp/", 5), 0);
        cr_assert_not_null(sctp_lie_stack(*name));
        cr_assert_gt(strlen(sctp_lie_says(*name)), 0);
    }
    cr_assert_geq(count, 10);
    cr_assert_null(sctp_lie_stack("sctp/truth"));
    cr_assert_null(sctp_lie_says("sctp/truth"));
}

Test(sctp_lie, what_is_not_lied_about_is_the_stack_s_own)
{
    const struct stack *liar = sctp_lie_stack("sctp/order");
    cr_assert_str_eq(liar->name, stack_usrsctp.name);
    cr_assert_eq(liar->socket, stack_usrsctp.socket);
    cr_assert_neq(liar->sctp, stack_usrsctp.sctp);
}
