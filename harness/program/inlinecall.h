/* SPDX-License-Identifier: MIT */
/*
 * An inline call: a socket call that a program makes by an instruction of its own, past the C
 * library and past all that can be put before it.
 */
#ifndef SOCKPROOF_PROGRAM_INLINECALL_H
#define SOCKPROOF_PROGRAM_INLINECALL_H

#include <stdbool.h>
#include <stddef.h>

/* True when x86-64 code loads the number of a socket call, or of io_uring, and enters the kernel
   soon after. */
bool inlinecall_in(const unsigned char *code, size_t size);

#endif
