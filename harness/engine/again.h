/* SPDX-License-Identifier: MIT */
/*
 * Again: the results of a recorded run, judged by its events alone.
 */
#ifndef SOCKPROOF_ENGINE_AGAIN_H
#define SOCKPROOF_ENGINE_AGAIN_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/* How many variants were judged as the run had, and how many otherwise. */
struct again {
    size_t same, differ, not_judged;
};

/* Judges what results has, a line each, by events, a line each, which can be sought in; sources:
   the texts of the case files by their paths, of any shape. Each that is judged otherwise is a line
   on out. Whatever was recorded, it is judged or counted as not to be. One thread. */
struct again again_judge(const json_t *sources, FILE *results, FILE *events, FILE *out);

#endif
