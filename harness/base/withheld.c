/* SPDX-License-Identifier: MIT */
#include "base/withheld.h"

#include <sys/mman.h>

static struct {
    void *memory; /* NULL: free */
    size_t size;
} all[WITHHELD_MAX];

/* The place of a mapping, or, for NULL, a free one; WITHHELD_MAX: there is none. */
static int place_of(const void *memory)
{
    int place = 0;
    while (place < WITHHELD_MAX && all[place].memory != memory)
        place++;
    return place;
}

void withheld_add(void *memory, size_t size)
{
    int place = place_of(NULL);
    if (place < WITHHELD_MAX) {
        all[place].memory = memory;
        all[place].size = size;
    }
}

void withheld_unmap(void *memory, size_t size)
{
    int place = place_of(memory);
    if (place < WITHHELD_MAX)
        all[place].memory = NULL;
    munmap(memory, size);
}

void withheld_leave(void)
{
    for (int i = 0; i < WITHHELD_MAX; i++)
        if (all[i].memory != NULL)
            withheld_unmap(all[i].memory, all[i].size);
}
