/* SPDX-License-Identifier: MIT */
#include "observe/pattern.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { KEY = 9 };

static uint8_t stream[6 * PATTERN_BLOCK];
static struct pattern_block block;

static void begin(void)
{
    struct pattern pattern = {KEY, 0};
    pattern_write(&pattern, stream, sizeof stream);
    block = (struct pattern_block){KEY, malloc(PATTERN_BLOCK)};
    pattern_block_fill(&block);
}

static void end(void)
{
    free(block.bytes);
}

TestSuite(pattern, .init = begin, .fini = end);

Test(pattern, a_block_gives_the_bytes_that_writing_gives)
{
    static const uint64_t places[] = {
        0, 1, 4095, 4096, PATTERN_BLOCK - 1, PATTERN_BLOCK, PATTERN_BLOCK + 1, 528384, 528390};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t size = 5000;
        const uint8_t *bytes = pattern_block_at(&block, places[i], &size);
        cr_assert(size > 0);
        cr_assert(memcmp(bytes, stream + places[i], size) == 0, "at %lu", (unsigned long)places[i]);
    }
}

Test(pattern, a_block_ends_where_it_ends)
{
    size_t size = 100;
    pattern_block_at(&block, PATTERN_BLOCK - 7, &size);
    cr_assert_eq(size, 7);
}

Test(pattern, agreement_goes_on_over_the_end_of_a_block)
{
    cr_assert_eq(pattern_block_agrees(&block, 11, stream + 11, sizeof stream - 11),
                 sizeof stream - 11);
}

Test(pattern, a_wrong_byte_is_found_where_it_is)
{
    stream[300001] ^= 1;
    cr_assert_eq(pattern_block_agrees(&block, 0, stream, sizeof stream), 300001);
    cr_assert_eq(pattern_block_agrees(&block, 300001, stream + 300001, 10), 0);
}

Test(pattern, a_block_in_the_place_of_another_shows)
{
    cr_assert_eq(pattern_block_agrees(&block, PATTERN_BLOCK, stream, PATTERN_BLOCK), 0);
}

Test(pattern, a_page_in_the_place_of_another_shows)
{
    cr_assert_lt(pattern_block_agrees(&block, 2 * PATTERN_PAGE, stream + PATTERN_PAGE, 4096), 8);
    cr_assert_lt(pattern_block_agrees(&block, PATTERN_BLOCK + 2 * PATTERN_PAGE,
                                      stream + 2 * PATTERN_PAGE, 4096),
                 8);
}
