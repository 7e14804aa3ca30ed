/* SPDX-License-Identifier: MIT */
#include "actor/shared.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

static bool is_zero(const struct shared *shared, struct piece piece)
{
    const char *bytes = shared_at((struct shared *)shared, piece);
    bool zero = true;
    for (uint64_t i = 0; i < piece.size; i++)
        zero = zero && bytes[i] == 0;
    return zero;
}

Test(shared, pieces_are_apart_and_aligned)
{
    struct shared *shared = shared_new();
    struct piece none = shared_alloc(shared, 0), one = shared_alloc(shared, 1);
    struct piece other = shared_alloc(shared, 100);
    cr_assert_neq(none.offset, 0, "an empty piece is a piece");
    cr_assert_geq(one.offset, none.offset + 1);
    cr_assert_geq(other.offset, one.offset + 1);
    cr_assert_eq(other.offset % 64, 0);
    cr_assert_null(shared_at(shared, (struct piece){0, 0}));
    cr_assert_geq(one.offset, sizeof *shared, "behind what the worker and its actors share");
}

Test(shared, a_case_has_so_much_and_no_more)
{
    struct shared *shared = shared_new();
    cr_assert_neq(shared_alloc(shared, MEMORY_MAX - 64).offset, 0);
    cr_assert_neq(shared_alloc(shared, 64).offset, 0);
    errno = 0;
    cr_assert_eq(shared_alloc(shared, 1).offset, 0);
    cr_assert_eq(errno, ENOMEM);
    shared_clear(shared);
    cr_assert_neq(shared_alloc(shared, MEMORY_MAX).offset, 0, "the next case has all of it again");
}

Test(shared, no_size_is_so_large_that_it_fits_again)
{
    struct shared *shared = shared_new();
    cr_assert_eq(shared_alloc(shared, SIZE_MAX).offset, 0);
    cr_assert_eq(shared_alloc(shared, SIZE_MAX - 63).offset, 0);
    cr_assert_eq(shared_alloc(shared, MEMORY_MAX + 1).offset, 0);
}

/* Small pieces, which stay with the machine, and large ones, which go back to it. */
Test(shared, what_a_case_wrote_the_next_one_does_not_find)
{
    struct shared *shared = shared_new();
    for (size_t size = 1000; size < 100000000; size *= 100) {
        struct piece piece = shared_alloc(shared, size);
        memset(shared_at(shared, piece), 0xff, size);
        shared_clear(shared);
        struct piece again = shared_alloc(shared, size);
        cr_assert_eq(again.offset, piece.offset);
        cr_assert(is_zero(shared, again), "%zu bytes", size);
        shared_clear(shared);
    }
}

Test(shared, a_piece_of_another_memory_has_its_place)
{
    struct shared *one = shared_new(), *other = shared_new();
    struct piece piece = shared_alloc(one, 1000);
    cr_assert(shared_take(other, piece));
    memset(shared_at(other, piece), 0xff, piece.size);
    cr_assert(shared_take(other, piece));
    cr_assert(is_zero(other, piece));
    cr_assert(shared_take(other, (struct piece){piece.offset, MEMORY_MAX}));
    cr_assert_not(shared_take(other, (struct piece){piece.offset, MEMORY_MAX + 1ULL}));
    cr_assert_not(shared_take(other, (struct piece){piece.offset + 1, 8}), "not aligned");
    cr_assert_not(shared_take(other, (struct piece){64, 8}), "what is no piece's");
    cr_assert_not(shared_take(other, (struct piece){piece.offset + MEMORY_MAX, 8}));
}

/* As a stack does that has lost its way: all that it finds, or a part. */
Test(shared, what_was_written_over_is_seen_and_mended)
{
    struct shared *shared = shared_new();
    const size_t parts[][2] = {{0, sizeof *shared},
                               {0, 64},
                               {offsetof(struct shared, idle), sizeof shared->idle + 8},
                               {offsetof(struct shared, plan), sizeof shared->plan + 8},
                               {offsetof(struct shared, slot), sizeof shared->slot + 8}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        cr_assert(shared_whole(shared));
        struct piece piece = shared_alloc(shared, 100);
        memset((char *)shared + parts[i][0], i % 2 != 0 ? 0 : 0xa5, parts[i][1]);
        cr_assert_not(shared_whole(shared), "part %zu", i);
        struct piece next = shared_alloc(shared, 100);
        cr_assert_eq(next.offset, piece.offset + 128, "what is free is known all the same");
        shared_mend(shared);
    }
    cr_assert(shared_whole(shared));
}
