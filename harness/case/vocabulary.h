/* SPDX-License-Identifier: MIT */
/*
 * A vocabulary: the words of a variant, which of them it may say, known without a walk through it.
 */
#ifndef SOCKPROOF_CASE_VOCABULARY_H
#define SOCKPROOF_CASE_VOCABULARY_H

#include "case/node.h"

#include <stdint.h>

enum { VOCABULARY_BITS = 1024 };

/* Two bits for each word, by its hash (a Bloom filter): zeroed, it has none. */
struct vocabulary {
    uint64_t bits[VOCABULARY_BITS / 64];
};

/* Takes in the scalars and the keys of the node and of what is below it; node may be NULL. */
void vocabulary_add(struct vocabulary *words, const struct node *node);

/* False when no node that was taken in is the word, nor has it for a key. True says little: another
   word may have its bits. Any thread. */
bool vocabulary_may(const struct vocabulary *words, const char *word);

#endif
