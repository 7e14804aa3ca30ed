/* SPDX-License-Identifier: MIT */
/* Damaged copies of the examples: whatever comes, the reader and the checker end and own up. */
#include "case/casefile.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MUTATIONS = 2000, ROOM = 16384 };

/* xorshift: the same damage every time. */
static uint32_t chance(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static size_t damage(char *text, size_t length, uint32_t *state)
{
    static const char spice[] = "{}[]:,&*!|>'\"%@`#-?$\n\t \\\x00\xff\xc3<0aS~";
    size_t at = length > 0 ? chance(state) % length : 0;
    size_t span = 1 + chance(state) % 24;
    size_t from = length > 0 ? chance(state) % length : 0;
    switch (chance(state) % 5) {
    case 0: /* cut off */
        return at;
    case 1: /* another byte */
        if (length > 0)
            text[at] = spice[chance(state) % (sizeof spice - 1)];
        return length;
    case 2: /* a piece left out */
        span = span < length - at ? span : length - at;
        memmove(text + at, text + at + span, length - at - span);
        return length - span;
    case 3: /* a piece twice */
        span = span < length - from ? span : length - from;
        if (length + span < ROOM) {
            char piece[24];
            memcpy(piece, text + from, span);
            memmove(text + at + span, text + at, length - at);
            memcpy(text + at, piece, span);
            return length + span;
        }
        return length;
    default: /* a byte more */
        if (length + 1 < ROOM) {
            memmove(text + at + 1, text + at, length - at);
            text[at] = spice[chance(state) % (sizeof spice - 1)];
            return length + 1;
        }
        return length;
    }
}

static size_t load(char *text, const char *folder, const char *name)
{
    char path[768];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *in = fopen(path, "r");
    cr_assert_not_null(in);
    size_t length = fread(text, 1, ROOM, in);
    fclose(in);
    return length;
}

static void check_one(const char *path, const char *text, size_t length, FILE *nowhere)
{
    FILE *out = fopen(path, "w");
    cr_assert_eq(fwrite(text, 1, length, out), length);
    fclose(out);
    struct casefile *file = casefile_load(path, NULL, false);
    complaints_print(&file->complaints, nowhere);
    cr_assert_eq(file->variant_count == 0, file->complaints.count > 0);
    for (size_t i = 0; i < file->variant_count; i++)
        for (size_t k = 0; k < file->variants[i].step_count; k++)
            cr_assert_not_null(file->variants[i].steps[k].source);
    casefile_free(file);
}

static int is_yaml(const struct dirent *entry)
{
    return strstr(entry->d_name, ".yaml") != NULL;
}

Test(mutation, no_damage_crashes_or_passes_unseen)
{
    const char *folder = SOURCE_DIR "/fixtures/examples/cases";
    struct dirent **names = NULL;
    char path[] = "/tmp/sockproof-mutation-XXXXXX";
    uint32_t state = 2463534242;
    static char text[ROOM];
    FILE *nowhere = fopen("/dev/null", "w");
    int fd = mkstemp(path);
    int count = scandir(folder, &names, is_yaml, alphasort);
    cr_assert_gt(count, 0);
    for (int i = 0; i < MUTATIONS; i++) {
        size_t length = load(text, folder, names[i % count]->d_name);
        for (uint32_t rounds = 1 + chance(&state) % 4; rounds > 0; rounds--)
            length = damage(text, length, &state);
        check_one(path, text, length, nowhere);
    }
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    fclose(nowhere);
    close(fd);
    unlink(path);
}
