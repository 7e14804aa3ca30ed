/* SPDX-License-Identifier: MIT */
#include "trial/reference.h"

#include <string.h>

struct filling {
    struct judgement *judgement;
    const char *(*given)(void *context, const char *name);
    void *context;
};

static bool refers(const struct node *node)
{
    bool found = node_reference(node) != NULL;
    for (const struct node *one = node != NULL ? node->first : NULL; one != NULL && !found;
         one = one->next)
        found = refers(one);
    return found;
}

static const char *text_of(const struct filling *filling, const char *name)
{
    const struct judgement *judgement = filling->judgement;
    const char *text = NULL;
    for (size_t i = 0; i < judgement->saved_count; i++)
        if (strcmp(judgement->saved[i].name, name) == 0)
            text = judgement->saved[i].text;
    return text != NULL ? text : filling->given(filling->context, name);
}

static struct node *filled(const struct filling *filling, const struct node *node)
{
    struct arena *arena = filling->judgement->arena;
    struct node *copy = arena_alloc(arena, sizeof *copy);
    const char *name = node_reference(node);
    const char *text = name != NULL ? text_of(filling, name) : NULL;
    struct node **end = &copy->first;
    *copy = *node;
    copy->next = copy->first = NULL;
    if (text != NULL) {
        copy->text = arena_copy(arena, text, strlen(text));
        copy->length = strlen(text);
    } else if (name != NULL) {
        judgement_broken(filling->judgement, CODE_NO_VALUE,
                         "$%s has no value yet: no step saved it", name);
    }
    for (const struct node *one = node->first; one != NULL; one = one->next) {
        *end = filled(filling, one);
        end = &(*end)->next;
    }
    return copy;
}

static void fill_all(const struct filling *filling, const struct node **nodes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (nodes[i] != NULL && refers(nodes[i]))
            nodes[i] = filled(filling, nodes[i]);
}

const struct step *reference_filled(struct judgement *judgement, const struct step *step,
                                    const char *(*given)(void *context, const char *name),
                                    void *context)
{
    const struct filling filling = {judgement, given, context};
    struct step *copy = arena_alloc(judgement->arena, sizeof *copy);
    *copy = *step;
    fill_all(&filling, copy->param, PARAM_MAX);
    fill_all(&filling, copy->modifier, MODIFIER_COUNT);
    fill_all(&filling, copy->expect, EXPECT_COUNT);
    return copy;
}
