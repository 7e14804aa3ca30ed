/*
 * Settings: what the engine reads from fixtures/ besides the catalogue: the host profile and
 * the baseline of a stack.
 */
#ifndef SOCKPROOF_ENGINE_SETTINGS_H
#define SOCKPROOF_ENGINE_SETTINGS_H

#include "case/node.h"
#include "wire/profile.h"

#include <stdbool.h>

/* A known deviation of a stack. */
struct deviation {
    const char *id;              /* a case, or one variant "case[name]" */
    const struct node *versions; /* prefixes of the stack's version that it holds for */
    const char *reason;
    const char *file; /* the baseline that says so, from the root, and where in it */
    struct mark mark;
};

struct settings {
    struct arena *arena; /* owns everything */
    struct profile profile;
    size_t deviation_count;
    struct deviation *deviations;
};

/* Reads root/fixtures/host-profile/linux.yaml (the hosts are the kernel's, whatever stack runs on
   them) and root/fixtures/baseline/STACK.yaml; for a guest ("KIND:…") the baselines of linux and of
   its kind. Linux's must be there; another stack without one has no known deviations. False with
   the complaints on stderr. The caller frees. */
bool settings_load(struct settings *settings, const char *root, const char *stack);
void settings_free(struct settings *settings);
/* The deviation that names the variant and holds for that version of the stack, or NULL. */
const struct deviation *settings_deviation(const struct settings *settings, const char *case_id,
                                           const char *variant_id, const char *version);

#endif
