/* SPDX-License-Identifier: MIT */
/*
 * The linux stack: the host's kernel, through glibc.
 */
#ifndef SOCKPROOF_STACK_LINUX_H
#define SOCKPROOF_STACK_LINUX_H

#include "stack/stack.h"

extern const struct stack stack_linux;

#endif
