/* SPDX-License-Identifier: MIT */
/*
 * The kernel's numbers and layouts of SCTP's options and notifications.
 */
#ifndef SOCKPROOF_STACK_LINUX_DIALECT_H
#define SOCKPROOF_STACK_LINUX_DIALECT_H

#include "stack/sctp.h"

extern const struct sctp_dialect linux_dialect;

#endif
