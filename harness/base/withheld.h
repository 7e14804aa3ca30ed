/* SPDX-License-Identifier: MIT */
/*
 * Withheld: memory of a process that its children, in which code of others may run, are not to
 * reach. They take it from themselves as they begin; MADV_DONTFORK would do the same at once, but
 * User-mode Linux leaves at such a place what the parent has there, in the way of what is mapped
 * there next: a thread's stack, for one.
 */
#ifndef SOCKPROOF_BASE_WITHHELD_H
#define SOCKPROOF_BASE_WITHHELD_H

#include <stddef.h>

#define WITHHELD_MAX 32

/* From now on a mapping is withheld. What is beyond WITHHELD_MAX is not. One thread. */
void withheld_add(void *memory, size_t size);
/* Unmaps it here as well, and forgets it. */
void withheld_unmap(void *memory, size_t size);
/* In a child: unmaps all that is withheld from it. */
void withheld_leave(void);

#endif
