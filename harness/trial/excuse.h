/* SPDX-License-Identifier: MIT */
/*
 * An excuse: one failure of a variant that is known of its stack. It excuses that failure, at that
 * step and field and with what was observed there, and no other.
 */
#ifndef SOCKPROOF_TRIAL_EXCUSE_H
#define SOCKPROOF_TRIAL_EXCUSE_H

#include "case/node.h"

#include <jansson.h>

struct excuse {
    int step; /* its number; 0: the case as a whole */
    const char *field;
    const struct node *observed; /* a value, or a matcher */
    bool go_on;                  /* the steps behind it are carried out */
    const char *reason;
    const char *file; /* the baseline that says so, from the root, and where in it */
    struct mark mark;
};

/* Those of one variant. */
struct excuses {
    size_t count;
    const struct excuse **list; /* an arena's, as the excuses are */
};

/* The excuse of a failure at that step and field, of which observed is told; NULL: none. */
const struct excuse *excuses_find(const struct excuses *excuses, int step, const char *field,
                                  const char *observed);
/* What it excuses, in words: "step 3: errno: EINVAL". On arena. */
char *excuse_print(const struct excuse *excuse, struct arena *arena);
/* The excuses of a recorded result, from the list of those that it met. On arena, and list's. */
struct excuses excuses_recorded(const json_t *list, struct arena *arena);

#endif
