/* SPDX-License-Identifier: MIT */
/*
 * What the engine needs of a guest's kernel, by the names of its options: found out by trying,
 * inside, once the modules are there.
 */
#ifndef SOCKPROOF_GUEST_NEEDS_H
#define SOCKPROOF_GUEST_NEEDS_H

#include <stddef.h>

/* The options that the kernel lacks, blanks between them, in text, of size bytes; returns how many.
   stream is the device that the results go to (/dev/vport0p1, /dev/ttyS0), or NULL. For root;
   leaves nothing behind. */
int needs_lacking(const char *stream, char *text, size_t size);

#endif
