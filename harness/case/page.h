/* SPDX-License-Identifier: MIT */
/*
 * A page of the reference: Markdown being written, and the shapes that it has spoken of and has yet
 * to explain.
 */
#ifndef SOCKPROOF_CASE_PAGE_H
#define SOCKPROOF_CASE_PAGE_H

#include "case/shape.h"

#include <stdio.h>

enum { PAGE_SHAPES = 160 };

struct page {
    FILE *out;                               /* the caller's */
    unsigned missing;                        /* entries that lack their sentence or their example */
    const struct shape *shapes[PAGE_SHAPES]; /* spoken of, each once */
    size_t spoken, explained;                /* the first of these are explained already */
};

/* The sentence, or the example, of an entry of that name; one that is lacking is said on stderr and
   counted as missing. */
void page_sentence(struct page *page, const char *name, const char *sentence);
void page_example(struct page *page, const char *name, const char *example);
/* What stands in a place, in a few words with links, and whether matchers may stand there. */
void page_takes(struct page *page, const struct shape *shape);
/* A table of a mapping's members, a line each, with their sentences. */
void page_members(struct page *page, const struct shape_member *members);
/* A section for each shape that was spoken of and has something to explain. */
void page_explain(struct page *page);

#endif
