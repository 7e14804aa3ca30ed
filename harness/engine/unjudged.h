/* SPDX-License-Identifier: MIT */
/*
 * Results of what no worker has judged: what is skipped, what broke beside the trial, and what was
 * not begun. They have the members that a trial's result would; record.h adds the others.
 */
#ifndef SOCKPROOF_ENGINE_UNJUDGED_H
#define SOCKPROOF_ENGINE_UNJUDGED_H

#include "case/case.h"
#include "observe/event.h"

#include <jansson.h>

/* Skipped: skip.code is not CODE_NONE. New reference, as the next two. */
json_t *unjudged_skip(struct skip skip);
/* Broken. The failure stands at the step that the report says, of the worker that had the variant,
   or at the case as a whole: in set-up, and where report is NULL. */
json_t *unjudged_broken(const struct variant *variant, enum code code, const char *reason,
                        const struct report *report);
/* Not run. */
json_t *unjudged_not_run(const char *reason);

#endif
