/* SPDX-License-Identifier: MIT */
#include "base/array.h"

#include <stdlib.h>

enum { FIRST_ROOM = 64 };

bool array_grow(void **array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    size_t wanted = *room == 0 ? FIRST_ROOM : *room * 2;
    void *larger = realloc(*array, wanted * size);
    if (larger == NULL)
        return false;
    *array = larger;
    *room = wanted;
    return true;
}
