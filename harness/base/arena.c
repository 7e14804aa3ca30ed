/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/lack.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    _Alignas(ALIGNMENT) char bytes[];
};

struct arena {
    struct arena_block *blocks; /* the newest first; only it has room */
};

void *arena_must(void *memory)
{
    if (memory == NULL) {
        errno = ENOMEM;
        lack_end("out of memory");
    }
    return memory;
}

struct arena *arena_new(void)
{
    return arena_must(calloc(1, sizeof(struct arena)));
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    while (arena->blocks != NULL) {
        struct arena_block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
    free(arena);
}

static struct arena_block *block_new(struct arena *arena, size_t least)
{
    size_t size = least > BLOCK_SIZE ? least : BLOCK_SIZE;
    struct arena_block *block = arena_must(malloc(sizeof *block + size));
    block->used = 0;
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

/* Bytes that nobody has written yet: a case needs little of a block, and to zero all of it costs
   more than what is done with that. */
static void *take(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->blocks;
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded == 0)
        rounded = ALIGNMENT;
    if (block == NULL || block->size - block->used < rounded)
        block = block_new(arena, rounded);
    void *memory = block->bytes + block->used;
    block->used += rounded;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = take(arena, length + 1);
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

/* Where the next piece would lie, and how much of its block is left behind. */
static char *space(const struct arena *arena, size_t *left)
{
    struct arena_block *block = arena->blocks;
    *left = block != NULL ? block->size - block->used : 0;
    return block != NULL ? block->bytes + block->used : NULL;
}

/* Most texts fit into what is left of the block: they are printed once, where they stay. */
char *arena_printf(struct arena *arena, const char *format, ...)
{
    size_t left = 0;
    char *out = space(arena, &left);
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int printed = vsnprintf(out, left, format, arguments);
    size_t size = printed < 0 ? 1 : (size_t)printed + 1;
    bool fits = printed >= 0 && size <= left;
    char *text = take(arena, size); /* the same place, when it fits */
    if (!fits && printed > 0)
        vsnprintf(text, size, format, again);
    else if (!fits)
        text[0] = '\0';
    va_end(again);
    va_end(arguments);
    return text;
}
