#include "trial/mention.h"

/* True when the node, or one below it, is one of the words. */
static bool speaks_of(const struct node *node, const char *const *words)
{
    bool found = false;
    for (size_t i = 0; node != NULL && words[i] != NULL; i++)
        found = found || node_is(node, words[i]);
    for (const struct node *one = node != NULL ? node->first : NULL; one != NULL && !found;
         one = one->next)
        found = speaks_of(one, words);
    return found;
}

bool mention_any(const struct variant *variant, const char *const *words)
{
    bool found = false;
    for (size_t i = 0; i < variant->step_count && !found; i++) {
        for (int p = 0; p < PARAM_MAX && !found; p++)
            found = speaks_of(variant->steps[i].param[p], words);
        for (int e = 0; e < EXPECT_COUNT && !found; e++)
            found = speaks_of(variant->steps[i].expect[e], words);
    }
    for (size_t i = 0; i < variant->fault_count && !found; i++)
        found = speaks_of(variant->faults[i].action, words) ||
                speaks_of(variant->faults[i].when, words);
    return found;
}
