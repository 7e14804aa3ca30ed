/* SPDX-License-Identifier: MIT */
/*
 * A sample suite, of two case files with the variants two[inet], two[inet6], one[inet], one[inet6];
 * and a folder to leave things in. For the tests of this room only, which include it once each.
 */
#ifndef SOCKPROOF_ENGINE_SAMPLE_H
#define SOCKPROOF_ENGINE_SAMPLE_H

#include "engine/suite.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const sample_texts[][2] = {
    {"cases/two.yaml", "title: Two steps\n"
                       "cites: [posix/recv/orderly-shutdown-zero]\n"
                       "transport: tcp\n"
                       "steps:\n"
                       "  - client: {send: \"x\"}\n"
                       "  - server: {recv: 1, data: \"x\"}\n"},
    {"cases/one.yaml", "title: One step\n"
                       "cites: [rfc768/destination-demux]\n"
                       "transport: udp\n"
                       "steps:\n"
                       "  - client: {send: \"x\"}\n"}};

/* The suite; the caller frees it by suite_free. */
static inline struct suite sample_suite(void)
{
    struct suite suite = {0};
    suite.files = calloc(2, sizeof(struct casefile *));
    suite.variants = calloc(8, sizeof(const struct variant *));
    for (size_t i = 0; i < 2; i++) {
        struct casefile *file = casefile_parse(sample_texts[i][0], sample_texts[i][1],
                                               strlen(sample_texts[i][1]), NULL, false);
        cr_assert_eq(file->variant_count, 2);
        suite.files[suite.file_count++] = file;
        for (size_t v = 0; v < file->variant_count; v++)
            suite.variants[suite.variant_count++] = &file->variants[v];
    }
    return suite;
}

static char sample_path[] = "/tmp/sockproof-test-XXXXXX";

/* Makes a folder that sample_remove removes; its path. */
static inline const char *sample_folder(void)
{
    cr_assert_not_null(mkdtemp(sample_path));
    return sample_path;
}

static inline int sample_remove_one(const char *path, const struct stat *about, int type,
                                    struct FTW *walk)
{
    (void)about;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline void sample_remove(void)
{
    nftw(sample_path, sample_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Writes a file of the folder. */
static inline void sample_write(const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", sample_path, name);
    FILE *file = fopen(path, "we");
    cr_assert_not_null(file, "%s", path);
    fputs(text, file);
    fclose(file);
}

/* What is in a file of the folder; static storage. */
static inline const char *sample_read(const char *name)
{
    static char text[1 << 22];
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", sample_path, name);
    FILE *file = fopen(path, "re");
    cr_assert_not_null(file, "%s", path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

#endif
