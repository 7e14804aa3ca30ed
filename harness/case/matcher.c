/* SPDX-License-Identifier: MIT */
#include "case/matcher.h"

#include <stddef.h>
#include <string.h>

#define MATCHER(name, kind, sentence, example) {#name, MATCH_##kind, {sentence, example}},
static const struct matcher matchers[] = {
#include "case/matcher.def"
    {.name = NULL}};
#undef MATCHER

const struct matcher *matcher_next(const struct matcher *one, unsigned kinds)
{
    one = one == NULL ? matchers : one + 1;
    while (one->name != NULL && one->kind != MATCH_ANY && (one->kind & kinds) == 0)
        one++;
    return one->name != NULL ? one : NULL;
}

bool matcher_is(const char *name, unsigned kinds)
{
    const struct matcher *one = matcher_next(NULL, kinds);
    while (one != NULL && strcmp(one->name, name) != 0)
        one = matcher_next(one, kinds);
    return one != NULL;
}
