/* SPDX-License-Identifier: MIT */
/* Every file of fixtures/fuzz/frames, and a hundred thousand frames made of them by chance, each at
   the end of a page behind which nobody may read. */
#include "packet/anyframe.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CORPUS SOURCE_DIR "/fixtures/fuzz/frames"

enum { PAGE = 4096, FILES_MAX = 1024, MADE = 100000 };

static struct {
    uint8_t bytes[FRAME_MAX];
    size_t size;
} file[FILES_MAX];

static size_t load(void)
{
    size_t count = 0;
    DIR *folder = opendir(CORPUS);
    cr_assert_not_null(folder);
    for (struct dirent *one = readdir(folder); one != NULL; one = readdir(folder)) {
        char path[768];
        snprintf(path, sizeof path, "%s/%s", CORPUS, one->d_name);
        FILE *in = one->d_name[0] != '.' && count < FILES_MAX ? fopen(path, "r") : NULL;
        if (in == NULL)
            continue;
        file[count].size = fread(file[count].bytes, 1, FRAME_MAX, in);
        count++;
        fclose(in);
    }
    closedir(folder);
    return count;
}

/* A page that ends where nobody may read. */
static uint8_t *edge(void)
{
    uint8_t *pages =
        mmap(NULL, (size_t)2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(pages, MAP_FAILED);
    cr_assert_eq(mprotect(pages + PAGE, PAGE, PROT_NONE), 0);
    return pages + PAGE;
}

static bool tried(uint8_t *const end[2], const uint8_t *bytes, size_t size)
{
    memcpy(end[0] - size, bytes, size);
    return anyframe_try(end[0] - size, size, end[1]);
}

Test(anyframe, what_was_found_is_taken)
{
    uint8_t *const end[2] = {edge(), edge()};
    size_t count = load(), packets = 0;
    cr_assert_geq(count, 40);
    for (size_t i = 0; i < count; i++)
        packets += tried(end, file[i].bytes, file[i].size);
    cr_assert_geq(packets, 30);
}

/* The number that belongs to a frame and a purpose. */
static size_t chance(uint64_t frame, uint64_t purpose, size_t below)
{
    uint64_t who[2] = {frame, purpose};
    return hash_bytes(5, who, sizeof who) % below;
}

Test(anyframe, any_bytes_are_a_frame_or_none)
{
    uint8_t *const end[2] = {edge(), edge()};
    size_t count = load(), packets = 0;
    cr_assert_gt(count, 0);
    for (uint64_t i = 0; i < MADE; i++) {
        size_t which = chance(i, 0, count);
        uint8_t bytes[FRAME_MAX];
        size_t size = file[which].size - (i % 2 == 0 ? 0 : chance(i, 1, file[which].size / 2 + 1));
        memcpy(bytes, file[which].bytes, size);
        for (size_t k = chance(i, 2, 5); k > 0 && size > 0; k--)
            bytes[chance(i, 2 * k + 3, size)] = (uint8_t)chance(i, 2 * k + 4, 256);
        packets += tried(end, bytes, size);
    }
    cr_assert_gt(packets, MADE / 10);
}
