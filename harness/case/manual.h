/* SPDX-License-Identifier: MIT */
/*
 * The manual: the reference of the format, every key, verb, matcher, fault and word of case files,
 * made from the tables, with what these say of them. docs/FORMAT.md is what it writes.
 */
#ifndef SOCKPROOF_CASE_MANUAL_H
#define SOCKPROOF_CASE_MANUAL_H

#include <stdbool.h>
#include <stdio.h>

/* Writes it to out, which stays the caller's, as Markdown. False when an entry of some table lacks
   its sentence or its example, after a line on stderr for each. */
bool manual_write(FILE *out);

#endif
