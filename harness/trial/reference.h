/* SPDX-License-Identifier: MIT */
/*
 * References: $NAME in a step, which stands for a value that a step before it saved, or for one
 * that the harness gives a name to.
 */
#ifndef SOCKPROOF_TRIAL_REFERENCE_H
#define SOCKPROOF_TRIAL_REFERENCE_H

#include "trial/verdict.h"

/* The step with values in place of its references, on the judgement's arena; the judgement is
   broken when one has none. given: the text of a name that no step saved, or NULL. */
const struct step *reference_filled(struct judgement *judgement, const struct step *step,
                                    const char *(*given)(void *context, const char *name),
                                    void *context);

#endif
