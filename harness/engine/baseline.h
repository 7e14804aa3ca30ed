/* SPDX-License-Identifier: MIT */
/*
 * The baseline of a stack: how it is known to deviate from what the cases demand.
 */
#ifndef SOCKPROOF_ENGINE_BASELINE_H
#define SOCKPROOF_ENGINE_BASELINE_H

#include "case/node.h"

#include <jansson.h>

/* A known deviation of a stack. */
struct deviation {
    const char *id;              /* a case, or one variant "case[name]" */
    const struct node *versions; /* prefixes of the stack's version that it holds for */
    const char *reason;
    const char *file; /* the baseline that says so, from the root, and where in it */
    struct mark mark;
};

struct baseline {
    size_t count;
    struct deviation *deviations; /* an arena's */
};

/* Adds root/fixtures/baseline/NAME.yaml. False with the complaints on stderr; what could be read is
   there in any case. All is arena's. */
bool baseline_load(struct baseline *baseline, struct arena *arena, const char *root,
                   const char *name);
/* True when there is such a file. */
bool baseline_exists(struct arena *arena, const char *root, const char *name);
/* The first deviation that names the case or the variant and holds for that version, or NULL. */
const struct deviation *baseline_find(const struct baseline *baseline, const char *case_id,
                                      const char *variant_id, const char *version);
/* Holds a result against the deviation that is known of its variant on a stack: a failure is known,
   and a pass is one, since the baseline is stale. */
void baseline_judge(const struct deviation *known, const char *stack, const char *version,
                    json_t *result);

#endif
