/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_dialect.h"

#include "stack/dialect_proof.h"

#include <usrsctp.h>

Test(usrsctp_dialect, holds_together)
{
    dialect_proof(&usrsctp_dialect);
}

Test(usrsctp_dialect, is_that_of_the_librarys_header)
{
    const struct sctp_rtoinfo rto;
    const struct sctp_udpencaps udp;
    const struct sctp_layout *option = sctp_layout_find(usrsctp_dialect.options, "SCTP_RTOINFO");
    cr_assert(option->number == SCTP_RTOINFO && option->size == sizeof rto);
    dialect_proof_member(&usrsctp_dialect, "SCTP_RTOINFO", "max", &rto, &rto.srto_max);
    dialect_proof_member(&usrsctp_dialect, "SCTP_REMOTE_UDP_ENCAPS_PORT", "sue_port", &udp,
                         &udp.sue_port);
    cr_assert_eq(sctp_constant_find(&usrsctp_dialect, "SCTP_UNORDERED")->value, SCTP_UNORDERED);
    cr_assert_eq(sctp_constant_find(&usrsctp_dialect, "SCTP_PR_SCTP_BUF")->value, SCTP_PR_SCTP_BUF);
    cr_assert_not_null(sctp_layout_find(usrsctp_dialect.options, "SCTP_EXPLICIT_EOR"));
}
