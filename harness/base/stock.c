/* SPDX-License-Identifier: MIT */
#include "base/stock.h"

#include <malloc.h>
#include <stdlib.h>

/* A sanitizer sees who uses a piece that is no more his only when it is really freed. */
#if defined __SANITIZE_ADDRESS__
#define WATCHED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#endif
#ifndef WATCHED
#define WATCHED 0
#endif

/* Sizes are rounded up to STEP; larger ones than the last shelf's are none of ours. */
enum { STEP = 16, SHELVES = 17, KEPT_MOST = WATCHED ? 0 : 2000 };

struct spare {
    struct spare *next;
};

static _Thread_local struct shelf {
    struct spare *first;
    int count;
} shelves[SHELVES];

void *stock_take(size_t size)
{
    size_t number = size / STEP + (size % STEP != 0);
    struct spare *piece = number < SHELVES ? shelves[number].first : NULL;
    if (piece == NULL)
        return malloc(number < SHELVES ? number * STEP : size);
    shelves[number].first = piece->next;
    shelves[number].count--;
    return piece;
}

void stock_give(void *memory)
{
    struct spare *piece = memory;
    size_t number = malloc_usable_size(memory) / STEP; /* of NULL: 0 */
    if (number == 0 || number >= SHELVES || shelves[number].count >= KEPT_MOST) {
        free(memory);
        return;
    }
    piece->next = shelves[number].first;
    shelves[number].first = piece;
    shelves[number].count++;
}
