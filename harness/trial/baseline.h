/* SPDX-License-Identifier: MIT */
/*
 * The baseline of a stack: how it is known to deviate from what the cases demand.
 */
#ifndef SOCKPROOF_TRIAL_BASELINE_H
#define SOCKPROOF_TRIAL_BASELINE_H

#include "trial/excuse.h"

/* One failure of a case, or of variants of it, on some versions of a stack. */
struct deviation {
    const char *pattern;         /* a case, a variant "case[name]", or either with "*" in it */
    const struct node *versions; /* prefixes of the stack's version that it holds for */
    const struct node *only;     /* those of them that this failure alone holds for; NULL: all */
    struct excuse excuse;
};

struct baseline {
    size_t count;
    struct deviation *deviations; /* an arena's */
};

/* Adds root/fixtures/baseline/NAME.yaml, or the file that a name with a "/" is the path of. False
   with the complaints on stderr; what could be read is there in any case. All is arena's. */
bool baseline_load(struct baseline *baseline, struct arena *arena, const char *root,
                   const char *name);
/* True when there is such a file. */
bool baseline_exists(struct arena *arena, const char *root, const char *name);
/* What the baseline (NULL: none) excuses of the variant on that version, in its order. On arena,
   and the baseline's. */
struct excuses baseline_excuses(const struct baseline *baseline, const char *case_id,
                                const char *variant_id, const char *version, struct arena *arena);

#endif
