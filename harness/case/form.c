/* SPDX-License-Identifier: MIT */
#include "case/form.h"

#include "case/format.h"
#include "case/remark.h"

#include <string.h>

enum { NAMES_MAX = 24 };

bool form_is_pair(const struct verb *verb)
{
    return verb_has(verb, VERB_PAIR);
}

unsigned form_outs(const struct verb *verb)
{
    unsigned outs = verb->outs;
    if (verb->side == SIDE_ACTOR && !verb_has(verb, VERB_NO_CALL))
        outs |= OUT_returns | OUT_errno | OUT_signals | OUT_took;
    return outs;
}

bool form_takes_modifier(const struct verb *verb, enum modifier modifier)
{
    bool wire = modifier == MODIFIER_from || modifier == MODIFIER_to || modifier == MODIFIER_since;
    bool asks = verb_has(verb, VERB_NO_CALL);
    bool packets = verb->side == SIDE_WIRE && verb->params[0].type != TYPE_DIRECTION;
    bool takes = verb->side == SIDE_WIRE ? (wire && packets) || modifier == MODIFIER_within : !wire;
    if (modifier == MODIFIER_since || (modifier == MODIFIER_save && verb->side == SIDE_WIRE))
        return (verb->outs & OUT_fate) != 0;
    return takes && !(asks && (modifier == MODIFIER_start || modifier == MODIFIER_limits));
}

static int number_of(const struct verb *verb, const char *name)
{
    int found = -1;
    for (size_t i = 0; i < verb->param_count && found < 0; i++)
        if (strcmp(verb->params[i].name, name) == 0)
            found = (int)i;
    return found;
}

/* Adds the keys of a shape's mapping, for "did you mean". */
static size_t add_keys(const struct shape *shape, const char **names, size_t count)
{
    if (shape->kind == SHAPE_MAP)
        for (const struct shape_member *one = shape->members;
             one->name != NULL && count < NAMES_MAX; one++)
            names[count++] = one->name;
    if (shape->kind == SHAPE_EITHER)
        for (const struct shape *const *one = shape->either; *one != NULL; one++)
            count = add_keys(*one, names, count);
    return count;
}

static bool unknown(struct complaints *list, const struct verb *verb, const struct node *member,
                    bool content)
{
    const char *names[NAMES_MAX + PARAM_MAX + 1] = {NULL};
    size_t count = content ? add_keys(format_param(verb, 0), names, 0) : 0;
    for (size_t i = content ? 1 : 0; i < verb->param_count; i++)
        names[count++] = verb->params[i].name;
    remark_unknown_key(list, member, arena_printf(list->arena, "'%s'", verb->name), names);
    return false;
}

static bool by_names(struct complaints *list, const struct verb *verb, const struct node *in,
                     const struct node *param[PARAM_MAX])
{
    bool good = true;
    for (const struct node *one = in->first; one != NULL; one = one->next) {
        int number = number_of(verb, one->key);
        if (number >= 0)
            param[number] = one;
        else
            good = unknown(list, verb, one, false);
    }
    return good;
}

/* The keys of the first parameter's own mapping stand beside the other parameters' names. */
static bool by_content(struct complaints *list, const struct verb *verb, const struct node *in,
                       const struct node *param[PARAM_MAX])
{
    const struct shape *shape = format_param(verb, 0);
    struct node *content = arena_alloc(list->arena, sizeof *content);
    struct node **end = &content->first;
    bool good = true;
    *content = *in;
    content->first = NULL;
    content->count = 0;
    for (const struct node *one = in->first; one != NULL; one = one->next) {
        int number = number_of(verb, one->key);
        if (number > 0) {
            param[number] = one;
        } else if (shape_has_key(shape, one->key)) {
            *end = arena_alloc(list->arena, sizeof **end);
            **end = *one;
            (*end)->next = NULL;
            end = &(*end)->next;
            content->count++;
        } else {
            good = unknown(list, verb, one, true);
        }
    }
    if (content->count > 0)
        param[0] = content;
    return good;
}

static bool by_pair(struct complaints *list, const struct verb *verb, const struct node *in,
                    const struct node *param[PARAM_MAX])
{
    if (in->count != 1 || in->first == NULL) {
        complain(list, in->mark, 1, CODE_BAD_VALUE, NULL,
                 "'%s' takes one {%s: %s}, or the two by these names", verb->name,
                 verb->params[0].name, verb->params[1].name);
        return false;
    }
    struct node *first = node_scalar(list->arena, in, in->first->key);
    first->mark = in->first->key_mark;
    param[0] = first;
    param[1] = in->first;
    return true;
}

static bool from_map(struct complaints *list, const struct verb *verb, const struct node *in,
                     const struct node *param[PARAM_MAX])
{
    const struct param *first = &verb->params[0];
    bool named = false;
    for (const struct node *one = in->first; one != NULL; one = one->next)
        named = named || number_of(verb, one->key) >= 0;
    if (format_takes_map(first->type) &&
        (node_get(in, first->name) == NULL || shape_has_key(format_param(verb, 0), first->name)))
        return by_content(list, verb, in, param);
    return form_is_pair(verb) && !named && in->count > 0 ? by_pair(list, verb, in, param)
                                                         : by_names(list, verb, in, param);
}

bool form_read(struct complaints *list, const struct verb *verb, const struct node *in,
               const struct node *param[PARAM_MAX])
{
    bool good = true;
    if (in->kind == NODE_MAP)
        good = from_map(list, verb, in, param);
    else
        param[0] = in;
    for (size_t i = 0; i < verb->param_count && good; i++) {
        if (!verb->params[i].required || param[i] != NULL)
            continue;
        complain(list, in->mark, 1, CODE_MISSING_KEY, NULL, "'%s' needs '%s'", verb->name,
                 verb->params[i].name);
        good = false;
    }
    return good;
}
