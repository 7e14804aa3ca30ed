/* SPDX-License-Identifier: MIT */
#include "base/array.h"

#include "base/arena.h"

#include <stdlib.h>

enum { FIRST_ROOM = 64 };

void array_grow(void **array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return;
    size_t wanted = *room == 0 ? FIRST_ROOM : *room * 2;
    *array = arena_must(reallocarray(*array, wanted, size));
    *room = wanted;
}
