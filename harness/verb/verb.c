#include "verb/verb.h"

#include <string.h>

#define NAME(name) #name,
const char *const expectation_names[EXPECT_COUNT + 1] = {EXPECTATIONS(NAME) NULL};
const char *const modifier_names[MODIFIER_COUNT + 1] = {MODIFIERS(NAME) NULL};

#define REQ(name, type)                                                                            \
    {                                                                                              \
#name, TYPE_##type, true                                                                   \
    }
#define OPT(name, type)                                                                            \
    {                                                                                              \
#name, TYPE_##type, false                                                                  \
    }
#define VERB(name, side, runs, outs, ...)                                                          \
    {VERB_##name,  #name, SIDE_##side,                                                             \
     runs,         outs,  sizeof((struct param[]){__VA_ARGS__}) / sizeof(struct param),            \
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
