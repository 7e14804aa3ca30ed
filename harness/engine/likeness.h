/* SPDX-License-Identifier: MIT */
/*
 * Likeness: whether two tries of a job have come to the same.
 *
 * What counts is what a baseline holds a failure by: its step, its field and what was observed
 * there, beside the verdict and the code. A sentence may tell another number in each try, of bytes,
 * of milliseconds, of a port, and tell of the same; a value may not.
 */
#ifndef SOCKPROOF_ENGINE_LIKENESS_H
#define SOCKPROOF_ENGINE_LIKENESS_H

#include <jansson.h>
#include <stdbool.h>

/* What of a result is compared: all that likeness_same() looks at. New. */
json_t *likeness_of(const json_t *result);
/* Whether two of likeness_of() are of the same failure. */
bool likeness_same(const json_t *one, const json_t *other);

#endif
