/* SPDX-License-Identifier: MIT */
#include "observe/pattern.h"

#include <stdbool.h>
#include <string.h>

enum { WORD = sizeof(uint64_t) };

/* splitmix64's finaliser: every bit of the word depends on every bit of its number. */
static uint64_t mixed(uint64_t key, uint64_t number)
{
    uint64_t z = key + (number + 1) * 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/* Word number of the stream: the first of a page by its place in the stream, another by its place
   in the block. */
static uint64_t word(uint64_t key, uint64_t number)
{
    bool first = number % (PATTERN_PAGE / WORD) == 0;
    return mixed(key, first ? number : number % (PATTERN_BLOCK / WORD));
}

void pattern_write(struct pattern *pattern, uint8_t *out, size_t size)
{
    size_t done = 0;
    while (done < size) {
        uint64_t whole = word(pattern->key, pattern->position / WORD);
        size_t skip = pattern->position % WORD;
        size_t take = size - done < WORD - skip ? size - done : WORD - skip;
        memcpy(out + done, (const uint8_t *)&whole + skip, take);
        done += take;
        pattern->position += take;
    }
}

void pattern_block_fill(const struct pattern_block *block)
{
    struct pattern first = {block->key, 0};
    pattern_write(&first, block->bytes, PATTERN_BLOCK);
}

const uint8_t *pattern_block_at(const struct pattern_block *block, uint64_t position, size_t *size)
{
    size_t into = position % PATTERN_BLOCK;
    uint64_t block_start = position - into;
    *size = *size < PATTERN_BLOCK - into ? *size : PATTERN_BLOCK - into;
    for (size_t page = into - into % PATTERN_PAGE; page < into + *size; page += PATTERN_PAGE) {
        uint64_t first = word(block->key, (block_start + page) / WORD);
        memcpy(block->bytes + page, &first, WORD);
    }
    return block->bytes + into;
}

size_t pattern_block_agrees(const struct pattern_block *block, uint64_t position,
                            const uint8_t *bytes, size_t size)
{
    size_t done = 0;
    bool equal = true;
    while (done < size && equal) {
        size_t now = size - done;
        const uint8_t *want = pattern_block_at(block, position + done, &now);
        equal = memcmp(want, bytes + done, now) == 0;
        for (size_t i = 0; !equal && want[i] == bytes[done]; i++)
            done++;
        done += equal ? now : 0;
    }
    return done;
}
