/* SPDX-License-Identifier: MIT */
/*
 * What is there already of a run: the results that an engine before this one wrote, and did not
 * live to complete.
 */
#ifndef SOCKPROOF_ENGINE_EARLIER_H
#define SOCKPROOF_ENGINE_EARLIER_H

#include "engine/resultline.h"

/* Reads the whole lines of the results.jsonl in folder. The caller decref's what it returns, which
   is empty when there are none, and NULL without memory. */
json_t *earlier_read(int folder);
/* Whether there is a verdict of what ran; if so it is in *verdict. What was not run then has none.
 */
bool earlier_has(const json_t *earlier, const struct ran *ran, enum verdict *verdict);

#endif
