/* SPDX-License-Identifier: MIT */
/*
 * What a variant mentions.
 */
#ifndef SOCKPROOF_TRIAL_MENTION_H
#define SOCKPROOF_TRIAL_MENTION_H

#include "case/case.h"

/* True when one of the words (NULL terminated) stands in a parameter or an expectation of a step,
   or in a fault. */
bool mention_any(const struct variant *variant, const char *const *words);

/* The same of the keys of mappings there, and below never:. */
bool mention_key(const struct variant *variant, const char *const *keys);

/* True when the node, or one below it, is one of the words; node may be NULL. */
bool mention_word(const struct node *node, const char *const *words);

#endif
