/* SPDX-License-Identifier: MIT */
/*
 * A matcher: what a case may expect in the place of a value. The table in matcher.def is the only
 * list of them.
 */
#ifndef SOCKPROOF_CASE_MATCHER_H
#define SOCKPROOF_CASE_MATCHER_H

#include "base/lesson.h"

#include <stdbool.h>

/* What matchers are about; those of no kind go with every value. */
enum { MATCH_ANY = 0, MATCH_ORDER = 1, MATCH_BYTES = 2, MATCH_SET = 4 };

struct matcher {
    const char *name;
    unsigned kind; /* one of MATCH_* */
    struct lesson lesson;
};

/* The first matcher behind one (NULL: of all) that goes with values of these kinds, bits of
   MATCH_*; NULL when there is none. Static storage. */
const struct matcher *matcher_next(const struct matcher *one, unsigned kinds);
/* True when name is a matcher that goes with values of these kinds. */
bool matcher_is(const char *name, unsigned kinds);

#endif
