/* SPDX-License-Identifier: MIT */
#include "trial/mention.h"

#include <string.h>

/* Whether one node says a word. */
typedef bool saying(const struct node *node, const char *word);

static bool is_word(const struct node *node, const char *word)
{
    return node_is(node, word);
}

static bool is_key(const struct node *node, const char *word)
{
    return node->key != NULL && strcmp(node->key, word) == 0;
}

/* True when the node, or one below it, says one of the words. */
static bool speaks_of(const struct node *node, saying *says, const char *const *words)
{
    bool found = false;
    for (size_t i = 0; node != NULL && words[i] != NULL; i++)
        found = found || says(node, words[i]);
    for (const struct node *one = node != NULL ? node->first : NULL; one != NULL && !found;
         one = one->next)
        found = speaks_of(one, says, words);
    return found;
}

/* Most variants say none of the words, which they know without a walk. */
static bool may_say(const struct variant *variant, const char *const *words)
{
    bool may = false;
    for (size_t i = 0; words[i] != NULL && !may; i++)
        may = vocabulary_may(&variant->words, words[i]);
    return may;
}

static bool any(const struct variant *variant, saying *says, const char *const *words)
{
    bool found = false;
    for (size_t i = 0; i < variant->step_count && !found; i++) {
        for (int p = 0; p < PARAM_MAX && !found; p++)
            found = speaks_of(variant->steps[i].param[p], says, words);
        for (int e = 0; e < EXPECT_COUNT && !found; e++)
            found = speaks_of(variant->steps[i].expect[e], says, words);
    }
    for (size_t i = 0; i < variant->fault_count && !found; i++)
        found = speaks_of(variant->faults[i].action, says, words) ||
                speaks_of(variant->faults[i].when, says, words);
    return found;
}

bool mention_any(const struct variant *variant, const char *const *words)
{
    return may_say(variant, words) && any(variant, is_word, words);
}

bool mention_key(const struct variant *variant, const char *const *keys)
{
    return may_say(variant, keys) &&
           (any(variant, is_key, keys) || speaks_of(variant->never, is_key, keys));
}

bool mention_word(const struct node *node, const char *const *words)
{
    return speaks_of(node, is_word, words);
}
