/* SPDX-License-Identifier: MIT */
/*
 * A case file: how a case is read, checked and expanded into its variants.
 */
#ifndef SOCKPROOF_CASE_CASEFILE_H
#define SOCKPROOF_CASE_CASEFILE_H

#include "case/case.h"

struct catalogue;

/* Reads, checks and expands one file. id is derived from path below the last folder called
   "cases" (else the path itself). catalogue may be NULL: then every citation counts as known.
   Never NULL: what is wrong stands in complaints, and a file with complaints has no variants.
   An unknown citation is a complaint only when strict_citations is set. The caller frees. */
struct casefile *casefile_load(const char *path, const struct catalogue *catalogue,
                               bool strict_citations);
/* The same of a copy of the file: only its bytes are taken from there. */
struct casefile *casefile_load_from(const char *path, const char *copy,
                                    const struct catalogue *catalogue, bool strict_citations);
/* The same for the length bytes of text, which are copied and may hold anything; nothing is read
   from path, it gives the id and stands in complaints. The caller frees. */
struct casefile *casefile_parse(const char *path, const char *text, size_t length,
                                const struct catalogue *catalogue, bool strict_citations);
/* A file that the reader cannot be given, for a reason that is none of the file's: one complaint,
   no variants. The caller frees. */
struct casefile *casefile_failed(const char *path, const char *why);
/* Frees the case and its arena. Accepts NULL. */
void casefile_free(struct casefile *file);

#endif
