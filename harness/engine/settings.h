/* SPDX-License-Identifier: MIT */
/*
 * Settings: what the engine reads from fixtures/ besides the catalogue: the host profile and
 * the baseline of a stack.
 */
#ifndef SOCKPROOF_ENGINE_SETTINGS_H
#define SOCKPROOF_ENGINE_SETTINGS_H

#include "trial/baseline.h"
#include "wire/profile.h"

#include <stdbool.h>

struct settings {
    struct arena *arena; /* owns everything */
    struct profile profile;
    struct baseline baseline;
};

/* Reads root/fixtures/host-profile/linux.yaml (the hosts are the kernel's, whatever stack runs on
   them) and root/fixtures/baseline/STACK.yaml; for a guest ("KIND:…") the baselines of linux and of
   its kind; of a name with a "/" that file; for NULL none. Linux's must be there; another stack
   without one has no known deviations. False with the complaints on stderr. The caller frees. */
bool settings_load(struct settings *settings, const char *root, const char *stack);
/* Frees what settings_load made, also after it failed. */
void settings_free(struct settings *settings);

#endif
