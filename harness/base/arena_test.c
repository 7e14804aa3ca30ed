/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/lack.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool is_zero(const char *bytes, size_t size)
{
    bool zero = true;
    for (size_t i = 0; i < size; i++)
        zero = zero && bytes[i] == 0;
    return zero;
}

Test(arena, pieces_are_zeroed_aligned_and_apart)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 65535, 65536, 65537, 1, 300000, 2};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    char *piece[COUNT];
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT; i++) {
        piece[i] = arena_alloc(arena, sizes[i]);
        cr_assert_eq((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
        cr_assert(is_zero(piece[i], sizes[i]), "%zu bytes", sizes[i]);
        memset(piece[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            cr_assert_eq(piece[i][k], (char)(i + 1), "piece %zu is another's", i);
    arena_free(arena);
    arena_free(NULL);
}

Test(arena, texts)
{
    struct arena *arena = arena_new();
    char *long_one = arena_printf(arena, "%100000d", 7);
    cr_assert_str_eq(arena_copy(arena, "more than that", 4), "more");
    cr_assert_str_eq(arena_copy(arena, NULL, 0), "");
    cr_assert_str_eq(arena_printf(arena, "%s %d", "step", 3), "step 3");
    cr_assert_eq(strlen(long_one), 100000);
    cr_assert_eq(long_one[99999], '7');
    arena_free(arena);
}

Test(arena, without_memory_the_process_ends, .exit_code = LACK_STATUS)
{
    arena_must(NULL);
}
