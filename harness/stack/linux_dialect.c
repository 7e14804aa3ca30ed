/* SPDX-License-Identifier: MIT */
#include "stack/linux_dialect.h"

#include "stack/sctp_layout.h"

#include <netinet/sctp.h>

/* Where the kernel's names are not those of RFC 6458. */
#define sctp_setprim sctp_prim
#define ssfe_flags ssf_flags
#define ssfe_error ssf_error
#define ssfe_assoc_id ssf_assoc_id
#define ssfe_data ssf_data

#define MORE_CONSTANTS
#define MORE_OPTIONS
#include "stack/sctp_tables.def"

const struct sctp_dialect linux_dialect = {constants, options, notifications};
