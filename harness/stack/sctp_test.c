/* SPDX-License-Identifier: MIT */
#include "stack/sctp.h"

#include "stack/linux_dialect.h"
#include "stack/usrsctp_dialect.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct sctp_dialect *const dialects[] = {&linux_dialect, &usrsctp_dialect};
enum { DIALECTS = sizeof dialects / sizeof *dialects };

/* A name that is a macro must not have turned into its number on the way into the table. */
Test(sctp, every_dialect_knows_the_names)
{
    static const char *const constants[] = {"SCTP_ABORT", "SCTP_COMM_UP", "SPP_HB_ENABLE",
                                            "SCTP_BINDX_ADD_ADDR"};
    static const char *const options[] = {"SCTP_RTOINFO", "SCTP_NODELAY", "SCTP_STATUS"};
    for (int i = 0; i < DIALECTS; i++) {
        for (size_t c = 0; c < sizeof constants / sizeof *constants; c++)
            cr_assert_not_null(sctp_constant_find(dialects[i], constants[c]), "%s", constants[c]);
        for (size_t o = 0; o < sizeof options / sizeof *options; o++)
            cr_assert_not_null(sctp_layout_find(dialects[i]->options, options[o]), "%s",
                               options[o]);
        cr_assert_null(sctp_constant_find(dialects[i], "SCTP_NONSENSE"));
    }
}

Test(sctp, members_are_found_by_both_names_and_keep_what_is_put)
{
    for (int i = 0; i < DIALECTS; i++) {
        const struct sctp_layout *layout = sctp_layout_find(dialects[i]->options, "SCTP_RTOINFO");
        const struct sctp_member *member = sctp_member_find(layout, "srto_initial");
        char bytes[64] = {0};
        cr_assert_eq(member, sctp_member_find(layout, "initial"));
        sctp_member_put(member, bytes, 123456);
        cr_assert_eq(sctp_member_get(member, bytes, layout->size), 123456);
        cr_assert_eq(sctp_member_get(member, bytes, member->offset + 1), 0, "cut short");
        cr_assert_null(sctp_member_find(layout, "final"));
    }
}

Test(sctp, numbers_have_names_within_their_set)
{
    for (int i = 0; i < DIALECTS; i++) {
        const struct sctp_constant *up = sctp_constant_find(dialects[i], "SCTP_COMM_UP");
        cr_assert_str_eq(sctp_constant_name(dialects[i], SCTP_SET_ASSOC_STATE, up->value),
                         "SCTP_COMM_UP");
        cr_assert_null(sctp_constant_name(dialects[i], SCTP_SET_ASSOC_STATE, 4711));
    }
}

Test(sctp, the_port_of_encapsulation_stands_in_network_order)
{
    const struct sctp_layout *layout =
        sctp_layout_find(usrsctp_dialect.options, "SCTP_REMOTE_UDP_ENCAPS_PORT");
    const struct sctp_member *port = sctp_member_find(layout, "sue_port");
    uint8_t bytes[256] = {0};
    sctp_member_put(port, bytes, 9899);
    cr_assert_eq(bytes[port->offset] << 8 | bytes[port->offset + 1], 9899);
    cr_assert_eq(sctp_member_get(port, bytes, layout->size), 9899);
}
