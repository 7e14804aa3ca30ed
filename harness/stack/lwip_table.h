/* SPDX-License-Identifier: MIT */
/*
 * The public table of lwIP: what it and the link below it are made of is the public header and
 * lwIP alone, so that a shared object of them is a stack of one's own like any other.
 */
#ifndef SOCKPROOF_STACK_LWIP_TABLE_H
#define SOCKPROOF_STACK_LWIP_TABLE_H

#include "include/sockproof/stack.h"

/* As sockproof_stack: the table for that ABI, or NULL. */
const struct sockproof_stack *lwip_table(uint32_t abi);

#endif
