#include "liar/sctp.h"

#include "stack/usrsctp.h"

#include <criterion/criterion.h>
#include <string.h>

Test(liar_sctp, every_name_is_a_lie_that_says_what_it_does)
{
    size_t count = 0;
    for (const char *const *name = liar_sctp_names(); *name != NULL; name++, count++) {
        cr_assert_eq(strncmp(*name, "sctp/", 5), 0);
        cr_assert_not_null(liar_sctp_stack(*name));
        cr_assert_gt(strlen(liar_sctp_says(*name)), 0);
    }
    cr_assert_geq(count, 10);
    cr_assert_null(liar_sctp_stack("sctp/truth"));
    cr_assert_null(liar_sctp_says("sctp/truth"));
}

Test(liar_sctp, what_is_not_lied_about_is_the_stack_s_own)
{
    const struct stack *liar = liar_sctp_stack("sctp/order");
    cr_assert_str_eq(liar->name, stack_usrsctp.name);
    cr_assert_eq(liar->socket, stack_usrsctp.socket);
    cr_assert_neq(liar->sctp, stack_usrsctp.sctp);
}
