/* SPDX-License-Identifier: MIT */
/*
 * How sctp.def becomes layouts: for a dialect, in a file that has included its stack's header.
 */
#ifndef SOCKPROOF_STACK_SCTP_LAYOUT_H
#define SOCKPROOF_STACK_SCTP_LAYOUT_H

#include "stack/sctp.h"

/* A flexible array has no size of its own; nor has what is only bytes. */
#define WIDTH_NUMBER(structure, name) sizeof(((struct structure *)0)->name)
#define WIDTH_NOTICE WIDTH_NUMBER
#define WIDTH_ASSOC_STATE WIDTH_NUMBER
#define WIDTH_ADDRESS_STATE WIDTH_NUMBER
#define WIDTH_STATUS WIDTH_NUMBER
#define WIDTH_PATH WIDTH_NUMBER
#define WIDTH_INDICATION WIDTH_NUMBER
#define WIDTH_SEND_FLAG WIDTH_NUMBER
#define WIDTH_POLICY WIDTH_NUMBER
#define WIDTH_FAILED WIDTH_NUMBER
#define WIDTH_ADDRESS WIDTH_NUMBER
#define WIDTH_PORT WIDTH_NUMBER
#define WIDTH_REST(structure, name) 0
#define WIDTH_LIST(structure, name) 0
#define MEMBER(structure, name, set)                                                               \
    {                                                                                              \
#name, offsetof(struct structure, name), WIDTH_##set(structure, name), SCTP_SET_##set      \
    }

#endif
