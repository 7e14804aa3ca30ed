/* SPDX-License-Identifier: MIT */
/*
 * Variants: a case with its parameters filled in, once for each row and address family.
 */
#ifndef SOCKPROOF_CASE_VARIANT_H
#define SOCKPROOF_CASE_VARIANT_H

#include "case/case.h"

/* Expands and checks the variants of file, whose top level is root and has been read into file
   already. Adds to file->complaints. */
void variant_expand(struct casefile *file, const struct node *root);

/* Takes in what the steps, faults and expectations of a variant say that others ask for: its words,
   whether it needs the wire. */
void variant_seal(struct variant *variant);

/* Whether a step of it runs a program; actor: as that one, NULL: as any. Any thread. */
bool variant_runs_program(const struct variant *variant, const struct node *actor);

#endif
