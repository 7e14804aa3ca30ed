/*
 * Resolving: the parameters of a step, as they stand in the case file, into the arguments of a
 * call: numbers, and pieces of the shared memory.
 */
#ifndef SOCKPROOF_TRIAL_RESOLVE_H
#define SOCKPROOF_TRIAL_RESOLVE_H

#include "case/constant.h"
#include "trial/trial.h"

/* The step with saved values in place of their references, on the trial's arena; the step itself
   when it has none. */
const struct step *resolve_references(struct trial *trial, const struct step *step);
/* Fills call from the step's parameters and modifiers. pending->descriptor is set where the verb
   works on one. False with the trial broken when something has no value here. */
bool resolve_call(struct trial *trial, const struct step *step, struct pending *pending,
                  struct call *call);
/* The quantity in node's text (bytes, microseconds or a plain number), or otherwise. */
int64_t resolve_number(const struct node *node, int64_t otherwise);
/* The names of a scalar or list, or'ed together; numbers count as themselves. */
int64_t resolve_flags(const struct node *node, enum constant_group group);

#endif
