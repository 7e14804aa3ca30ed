/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_dialect.h"

#include "stack/sctp_layout.h"

#include <usrsctp.h>

#define MORE_CONSTANTS {"SCTP_PR_SCTP_BUF", SCTP_PR_SCTP_BUF, SCTP_SET_POLICY},
#define MORE_OPTIONS                                                                               \
    {"SCTP_EXPLICIT_EOR",                                                                          \
     SCTP_EXPLICIT_EOR,                                                                            \
     sizeof(int),                                                                                  \
     {{"value", 0, sizeof(int), SCTP_SET_NUMBER}}},
#include "stack/sctp_tables.def"

const struct sctp_dialect usrsctp_dialect = {constants, options, notifications};
