/* SPDX-License-Identifier: MIT */
/*
 * The catalogue: every requirement that a case may cite, from the YAML files of a folder.
 */
#ifndef SOCKPROOF_CASE_CATALOGUE_H
#define SOCKPROOF_CASE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct requirement {
    const char *id;      /* "posix/recv/orderly-shutdown-zero" */
    const char *level;   /* must, should, may */
    const char *section; /* of the specification */
    const char *summary;
    const char *observable; /* socket, wire, internal: by what a test can see it */
    const char *provoke;    /* how a test brings it about; "not practical: ..." says why none can */
};

struct catalogue;

/* Reads every *.yaml of folder, in the order of their names. NULL, with the complaints printed
   to errors, when a file cannot be read or an id stands twice. The caller frees. */
struct catalogue *catalogue_load(const char *folder, FILE *errors);
void catalogue_free(struct catalogue *catalogue);
/* The requirement of that id, or NULL. */
const struct requirement *catalogue_find(const struct catalogue *catalogue, const char *id);
/* All requirements in the order of their ids; *count receives their number. */
const struct requirement *const *catalogue_all(const struct catalogue *catalogue, size_t *count);
/* The id nearest to id, or NULL: for "did you mean". */
const char *catalogue_suggest(const struct catalogue *catalogue, const char *id);

#endif
