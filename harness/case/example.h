/* SPDX-License-Identifier: MIT */
/*
 * An example: the small case of a lesson, as people are shown it.
 */
#ifndef SOCKPROOF_CASE_EXAMPLE_H
#define SOCKPROOF_CASE_EXAMPLE_H

#include <stdio.h>

/* Writes the example (lines, as in base/lesson.h) as YAML: a list of steps, or where it has keys of
   the top level, these and the steps below their key. */
void example_write(FILE *out, const char *example);

#endif
