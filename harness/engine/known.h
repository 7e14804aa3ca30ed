/* SPDX-License-Identifier: MIT */
/*
 * What is known: a result held against what its stack's baseline excuses.
 */
#ifndef SOCKPROOF_ENGINE_KNOWN_H
#define SOCKPROOF_ENGINE_KNOWN_H

#include "trial/excuse.h"

/* Holds a result against what is excused of its variant on that version of a stack. A variant that
   is known to fail and passes is a failure, since the baseline is stale; so is one that met a part
   only of what it would have come to. One that fails otherwise is told what the baseline excuses.
   All else stays as it is. */
void known_judge(const struct excuses *excuses, const char *stack, const char *version,
                 json_t *result);

#endif
