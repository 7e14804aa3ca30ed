/* SPDX-License-Identifier: MIT */
#include "case/vocabulary.h"

#include "base/hash.h"

#include <string.h>

/* The two bits of a word stand in two halves of its hash. */
static void bits_of(const char *text, size_t length, unsigned bit[2])
{
    uint64_t hash = hash_bytes(0, text, length);
    bit[0] = (unsigned)(hash % VOCABULARY_BITS);
    bit[1] = (unsigned)((hash >> 32) % VOCABULARY_BITS);
}

static void take_in(struct vocabulary *words, const char *text, size_t length)
{
    unsigned bit[2];
    bits_of(text, length, bit);
    for (int i = 0; i < 2; i++)
        words->bits[bit[i] / 64] |= (uint64_t)1 << bit[i] % 64;
}

void vocabulary_add(struct vocabulary *words, const struct node *node)
{
    if (node == NULL)
        return;
    if (node->kind == NODE_SCALAR)
        take_in(words, node->text, node->length);
    if (node->key != NULL)
        take_in(words, node->key, strlen(node->key));
    for (const struct node *one = node->first; one != NULL; one = one->next)
        vocabulary_add(words, one);
}

bool vocabulary_may(const struct vocabulary *words, const char *word)
{
    unsigned bit[2];
    bool may = true;
    bits_of(word, strlen(word), bit);
    for (int i = 0; i < 2; i++)
        may = may && (words->bits[bit[i] / 64] >> bit[i] % 64 & 1) != 0;
    return may;
}
