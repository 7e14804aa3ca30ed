/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_dialect.h"

#include "stack/sctp_layout.h"

#include <usrsctp.h>

#define MORE_CONSTANTS {"SCTP_PR_SCTP_BUF", SCTP_PR_SCTP_BUF, SCTP_SET_POLICY},
#define MORE_OPTIONS                                                                               \
    {"SCTP_EXPLICIT_EOR",                                                                          \
     SCTP_EXPLICIT_EOR,                                                                            \
     sizeof(int),                                                                                  \
     {{"value", 0, sizeof(int), SCTP_SET_NUMBER}}},                                                \
        {"SCTP_REMOTE_UDP_ENCAPS_PORT",                                                            \
         SCTP_REMOTE_UDP_ENCAPS_PORT,                                                              \
         sizeof(struct sctp_udpencaps),                                                            \
         {MEMBER(sctp_udpencaps, sue_assoc_id, NUMBER),                                            \
          MEMBER(sctp_udpencaps, sue_address, ADDRESS), MEMBER(sctp_udpencaps, sue_port, PORT)}},
#include "stack/sctp_tables.def"

const struct sctp_dialect usrsctp_dialect = {constants, options, notifications};
