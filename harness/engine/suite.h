/* SPDX-License-Identifier: MIT */
/*
 * A suite: the case files of some paths, loaded and checked, and the variants chosen from them.
 */
#ifndef SOCKPROOF_ENGINE_SUITE_H
#define SOCKPROOF_ENGINE_SUITE_H

#include "case/casefile.h"
#include "case/catalogue.h"
#include "engine/config.h"

#include <stdint.h>

struct suite {
    struct catalogue *catalogue;
    const char *below; /* config->below */
    size_t file_count, file_room;
    struct casefile **files;
    size_t variant_count;
    const struct variant **variants; /* in the order of files, then of the file */
    uint32_t *on;                    /* of each variant the stacks to run it on, a bit for each in
                                        the order of config->stacks; NULL: all of them */
    size_t error_count;              /* complaints printed */
};

/* Loads the catalogue of config->root and every *.yaml and *.pkt at or below the paths, in the
   order of their names; prints all complaints about cases to stderr, with config->json as JSON
   lines. With config->below the paths are of files, each of which is read below that folder. False
   when a path or the catalogue cannot be read. */
bool suite_load(struct suite *suite, const struct config *config, int path_count, char **paths);
/* Keeps only the variants whose ids stand in ids (count of them), in that order; "id@stack" is the
   variant on that one stack of the configuration. The first id that there is not, or NULL. */
const char *suite_select(struct suite *suite, const struct config *config, size_t count,
                         char **ids);
/* Whether the variant of that index is to be run on that stack of the configuration. */
bool suite_wants(const struct suite *suite, size_t variant, int stack);
/* Frees all; one of zeros, and one whose loading failed, too. */
void suite_free(struct suite *suite);

#endif
