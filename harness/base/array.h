/* SPDX-License-Identifier: MIT */
/*
 * An array that grows by doubling.
 */
#ifndef SOCKPROOF_BASE_ARRAY_H
#define SOCKPROOF_BASE_ARRAY_H

#include <stddef.h>

/* Makes room for one more than count elements of size bytes in *array, which has *room and is freed
   with free(3) (NULL: none yet). Without memory the process ends (arena_must). */
void array_grow(void **array, size_t count, size_t *room, size_t size);

#endif
