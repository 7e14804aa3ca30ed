/* SPDX-License-Identifier: MIT */
/*
 * The kernel's SCTP, through libsctp: what the linux stack has beyond the socket calls.
 */
#ifndef SOCKPROOF_STACK_LINUX_SCTP_H
#define SOCKPROOF_STACK_LINUX_SCTP_H

#include "stack/sctp.h"

extern const struct stack_sctp linux_sctp;

#endif
