/* SPDX-License-Identifier: MIT */
#include "verb/verb.h"

#include <string.h>

/* A line of an example, as it stands in the table. */
#define EG(...) #__VA_ARGS__ "\n"

#define MODIFIER(name, ...)
#define EXPECTATION(name, ...) #name,
const char *const expectation_names[EXPECT_COUNT + 1] = {
#include "verb/key.def"
    NULL};
#undef MODIFIER
#undef EXPECTATION

#define MODIFIER(name, ...) #name,
#define EXPECTATION(name, ...)
const char *const modifier_names[MODIFIER_COUNT + 1] = {
#include "verb/key.def"
    NULL};
#undef MODIFIER

#define MODIFIER(name, sentence, example) {sentence, example},
static const struct lesson modifier_lessons[MODIFIER_COUNT] = {
#include "verb/key.def"
};
#undef MODIFIER
#undef EXPECTATION

#define MODIFIER(name, ...)
#define EXPECTATION(name, sentence, example) {sentence, example},
static const struct lesson expectation_lessons[EXPECT_COUNT] = {
#include "verb/key.def"
};
#undef MODIFIER
#undef EXPECTATION

#define REQ(name, type)                                                                            \
    {                                                                                              \
#name, TYPE_##type, true                                                                   \
    }
#define OPT(name, type)                                                                            \
    {                                                                                              \
#name, TYPE_##type, false                                                                  \
    }
#define VERB(name, family, side, traits, sleeps, member, outs, sentence, example, ...)             \
    {VERB_##name,                                                                                  \
     #name,                                                                                        \
     #family,                                                                                      \
     SIDE_##side,                                                                                  \
     traits,                                                                                       \
     SLEEPS_##sleeps,                                                                              \
     outs,                                                                                         \
     {sentence, example},                                                                          \
     sizeof((struct param[]){__VA_ARGS__}) / sizeof(struct param),                                 \
     {__VA_ARGS__}},

static const struct verb verbs[VERB_COUNT] = {
#include "verb/verb.def"
};

const struct verb *verb_find(const char *name)
{
    const struct verb *found = NULL;
    for (size_t i = 0; i < VERB_COUNT && found == NULL; i++)
        if (strcmp(verbs[i].name, name) == 0)
            found = &verbs[i];
    return found;
}

const struct verb *verb_get(enum verb_id id)
{
    return &verbs[id];
}

bool verb_has(const struct verb *verb, unsigned traits)
{
    return (verb->traits & traits) != 0;
}

const struct lesson *verb_expectation_lesson(enum expectation expectation)
{
    return &expectation_lessons[expectation];
}

const struct lesson *verb_modifier_lesson(enum modifier modifier)
{
    return &modifier_lessons[modifier];
}
