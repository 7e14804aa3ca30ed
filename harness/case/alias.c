/* SPDX-License-Identifier: MIT */
#include "case/alias.h"

#include "case/scalar.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Groups in which one value is many things are told by what they are of, not by the value. */
static bool is_one_thing(enum constant_group group)
{
    return group != GROUP_SCTP && group != GROUP_OPTION_VALUE;
}

/* The group of the names that may stand there as a scalar; GROUP_COUNT: none. */
static enum constant_group group_of(const struct shape *shape)
{
    enum constant_group group = GROUP_COUNT;
    if (shape->kind == SHAPE_CONSTANT || shape->kind == SHAPE_FLAGS)
        group = shape->group;
    else if (shape->kind == SHAPE_MATCH)
        group = group_of(shape->of);
    for (const struct shape *const *one = shape->kind == SHAPE_EITHER ? shape->either : NULL;
         one != NULL && *one != NULL && group == GROUP_COUNT; one++)
        group = group_of(*one);
    return group;
}

/* True when a number may stand there beside names. */
static bool takes_numbers(const struct shape *shape)
{
    bool takes = shape->kind == SHAPE_INTEGER;
    if (shape->kind == SHAPE_MATCH)
        takes = takes_numbers(shape->of);
    for (const struct shape *const *one = shape->kind == SHAPE_EITHER ? shape->either : NULL;
         one != NULL && *one != NULL && !takes; one++)
        takes = takes_numbers(*one);
    return takes;
}

/* The name by which reports tell a value. One bit of messages has two: a send says by it that there
   is more, and what comes back that it is a notification (linux/socket.h). */
static const char *told_name(enum constant_group group, int64_t value)
{
    return group == GROUP_MSG && value == MSG_MORE ? "MSG_NOTIFICATION"
                                                   : constant_name(group, value);
}

/* A number beside signals is none of them: it is the status of who exits. */
static const char *name_of(const struct node *node, const struct shape *shape)
{
    enum constant_group group = group_of(shape);
    const char *name = NULL;
    if (group == GROUP_COUNT || !node->plain || !is_one_thing(group))
        return NULL;
    const struct constant *constant = constant_find(group, node->text);
    if (constant != NULL)
        name = told_name(group, constant->value);
    else if (group != GROUP_SIGNAL && takes_numbers(shape) &&
             scalar_is_quantity(node->text, SCALAR_BARE, INT64_MIN, INT64_MAX))
        name = told_name(group, strtoll(node->text, NULL, 0));
    return name;
}

/* The shape of what stands in a mapping or a list that has that shape; key: in which member. */
static const struct shape *within(const struct shape *shape, const char *key)
{
    const struct shape *found = shape;
    if (shape->kind == SHAPE_MATCH)
        found = shape->of->kind == SHAPE_MAP ? within(shape->of, key) : shape;
    else if (shape->kind == SHAPE_LIST || shape->kind == SHAPE_DICT)
        found = shape->of;
    for (const struct shape_member *one = shape->kind == SHAPE_MAP ? shape->members : NULL;
         one != NULL && one->name != NULL; one++)
        if (key != NULL && strcmp(one->name, key) == 0)
            found = one->shape;
    return found;
}

const struct node *alias_told(struct arena *arena, const struct node *node,
                              const struct shape *shape)
{
    struct node *copy = arena_alloc(arena, sizeof *copy);
    struct node **end = &copy->first;
    const char *name = node->kind == NODE_SCALAR ? name_of(node, shape) : NULL;
    *copy = *node;
    copy->first = NULL;
    if (name != NULL) {
        copy->text = arena_copy(arena, name, strlen(name));
        copy->length = strlen(name);
    }
    for (const struct node *one = node->first; one != NULL; one = one->next) {
        *end = (struct node *)alias_told(arena, one, within(shape, one->key));
        end = &(*end)->next;
    }
    return copy;
}
