/* SPDX-License-Identifier: MIT */
#include "stack/linux_dialect.h"

#include "stack/dialect_proof.h"

#include <netinet/sctp.h>

Test(linux_dialect, holds_together)
{
    dialect_proof(&linux_dialect);
}

Test(linux_dialect, is_that_of_the_kernels_header)
{
    const struct sctp_rtoinfo rto;
    const struct sctp_udpencaps udp;
    const struct sctp_layout *option = sctp_layout_find(linux_dialect.options, "SCTP_RTOINFO");
    cr_assert(option->number == SCTP_RTOINFO && option->size == sizeof rto);
    dialect_proof_member(&linux_dialect, "SCTP_RTOINFO", "max", &rto, &rto.srto_max);
    dialect_proof_member(&linux_dialect, "SCTP_REMOTE_UDP_ENCAPS_PORT", "sue_port", &udp,
                         &udp.sue_port);
    cr_assert_eq(sctp_constant_find(&linux_dialect, "SCTP_UNORDERED")->value, SCTP_UNORDERED);
    cr_assert_str_eq(sctp_constant_name(&linux_dialect, SCTP_SET_ASSOC_STATE, SCTP_SHUTDOWN_COMP),
                     "SCTP_SHUTDOWN_COMP");
}
