/* SPDX-License-Identifier: MIT */
/*
 * The liar about SCTP: usrsctp, misbehaving in exactly one way. As in liar.h, a suite that passes
 * on it has not looked. A name is "sctp/what".
 */
#ifndef SOCKPROOF_LIAR_SCTP_LIE_H
#define SOCKPROOF_LIAR_SCTP_LIE_H

#include "stack/stack.h"

/* The table that tells that lie, and no other; NULL when there is no such lie. A process tells one.
   Static storage. */
const struct stack *sctp_lie_stack(const char *lie);
/* The names of all lies; NULL terminated. Static storage. */
const char *const *sctp_lie_names(void);
/* What the lie is, in a few words; NULL when there is no such lie. */
const char *sctp_lie_says(const char *lie);

#endif
