/* SPDX-License-Identifier: MIT */
/*
 * usrsctp's numbers and layouts of SCTP's options and notifications.
 */
#ifndef SOCKPROOF_STACK_USRSCTP_DIALECT_H
#define SOCKPROOF_STACK_USRSCTP_DIALECT_H

#include "stack/sctp.h"

extern const struct sctp_dialect usrsctp_dialect;

#endif
