/* SPDX-License-Identifier: MIT */
#include "base/stock.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES = 5000, LARGEST = 400 };

static unsigned char *piece[PIECES];
static size_t size_of[PIECES];

static void take(int number, size_t size)
{
    size_of[number] = size;
    piece[number] = stock_take(size);
    cr_assert_not_null(piece[number]);
    cr_assert_eq((uintptr_t)piece[number] % _Alignof(max_align_t), 0);
    memset(piece[number], number % 251, size);
}

static void give(int number)
{
    for (size_t i = 0; i < size_of[number]; i++)
        cr_assert_eq(piece[number][i], number % 251, "a piece of %zu bytes is another's",
                     size_of[number]);
    stock_give(piece[number]);
}

Test(stock, pieces_of_all_sizes_are_apart_however_often_they_come_and_go)
{
    for (int i = 0; i < PIECES; i++)
        take(i, (size_t)i % LARGEST);
    for (int i = 0; i < PIECES; i += 2)
        give(i);
    for (int i = 0; i < PIECES; i += 2)
        take(i, (size_t)(i * 7) % LARGEST);
    for (int i = 0; i < PIECES; i++)
        give(i);
}

Test(stock, more_of_a_size_than_it_keeps)
{
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < PIECES; i++)
            take(i, 48);
        for (int i = 0; i < PIECES; i++)
            give(i);
    }
}

Test(stock, what_malloc_gave_and_what_free_takes)
{
    stock_give(malloc(40));
    take(0, 40);
    free(piece[0]);
    stock_give(NULL);
}
