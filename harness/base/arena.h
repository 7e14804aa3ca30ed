/* SPDX-License-Identifier: MIT */
/*
 * An arena: memory that is given back all at once.
 *
 * One thread at a time.
 */
#ifndef SOCKPROOF_BASE_ARENA_H
#define SOCKPROOF_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* An empty arena; never NULL (the process ends with a message when memory is gone). */
struct arena *arena_new(void);
/* Frees the arena and all that came from it. Accepts NULL. */
void arena_free(struct arena *arena);
/* size zeroed bytes, aligned for any type, owned by the arena. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
/* A NUL-terminated copy of length bytes of text, owned by the arena. */
char *arena_copy(struct arena *arena, const char *text, size_t length);
/* A formatted string owned by the arena (printf(3)). */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Memory as malloc(3) or open_memstream(3) gave it; the process ends with a sentence (lack.h) when
   it is NULL. */
void *arena_must(void *memory);

#endif
