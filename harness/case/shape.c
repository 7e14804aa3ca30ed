/* SPDX-License-Identifier: MIT */
#include "case/shape.h"

#include "case/remark.h"
#include "case/scalar.h"

#include <stdio.h>
#include <string.h>

/* --- words --------------------------------------------------------------------------------- */

static bool in_words(const char *word, const char *const *words)
{
    bool found = false;
    for (; *words != NULL && !found; words++)
        found = strcmp(word, *words) == 0;
    return found;
}

/* --- complaints ---------------------------------------------------------------------------- */

/* Adds the words that a shape takes, for "did you mean". */
static size_t add_words(const struct shape *shape, const char **names, size_t count, size_t room)
{
    static const char *const actors[] = {"client", "server", NULL};
    const char *const *words = shape->kind == SHAPE_WORD    ? shape->words
                               : shape->kind == SHAPE_ACTOR ? actors
                                                            : NULL;
    for (; words != NULL && *words != NULL && count < room; words++)
        names[count++] = *words;
    if (shape->kind == SHAPE_EITHER)
        for (const struct shape *const *one = shape->either; *one != NULL; one++)
            count = add_words(*one, names, count, room);
    return count;
}

static bool bad(struct complaints *list, const struct node *node, const struct shape *shape,
                const char *what)
{
    char text[256];
    const char *names[33] = {NULL};
    const char *near = NULL;
    if (list == NULL || complaints_full(list))
        return false;
    if (node->kind == NODE_SCALAR && add_words(shape, names, 0, 32) > 0)
        near = suggest(node->text, names);
    complain(list, node->mark, remark_width(node), CODE_BAD_VALUE,
             near != NULL ? arena_printf(list->arena, "did you mean '%s'?", near) : NULL,
             "'%s' takes %s, not %s", what, shape->noun, remark_shown(node, text, sizeof text));
    return false;
}

static bool bad_word(struct complaints *list, const struct node *node, enum code code,
                     const char *what, const char *noun, const char *const *names)
{
    char text[256];
    if (list != NULL && !complaints_full(list))
        complain(list, node->mark, remark_width(node), code,
                 remark_advice(list->arena, node->text, names), "'%s' takes %s, not %s", what, noun,
                 remark_shown(node, text, sizeof text));
    return false;
}

/* --- scalars ------------------------------------------------------------------------------- */

static bool check_named(struct complaints *list, const struct node *node, const struct shape *shape,
                        const char *what)
{
    bool known = shape->kind == SHAPE_OPTION ? option_find(node->text) != NULL
                                             : constant_find(shape->group, node->text) != NULL;
    if (known || list == NULL || complaints_full(list))
        return known;
    return bad_word(list, node, CODE_UNKNOWN_CONSTANT, what, shape->noun,
                    shape->kind == SHAPE_OPTION ? option_names() : constant_names(shape->group));
}

/* A range that is not given is that of all that are not negative, but for integers. */
static bool is_quantity(const struct node *node, const struct shape *shape)
{
    bool open = shape->most == 0 && shape->least >= 0 && shape->kind != SHAPE_INTEGER;
    enum scalar_unit unit = shape->kind == SHAPE_TIME   ? SCALAR_TIME
                            : shape->kind == SHAPE_SIZE ? SCALAR_SIZE
                                                        : SCALAR_BARE;
    return node->plain && strlen(node->text) == node->length &&
           scalar_is_quantity(node->text, unit, shape->least, open ? INT64_MAX : shape->most);
}

static bool is_as_long(const struct node *node, const struct shape *shape)
{
    int64_t characters = remark_characters(node->text, node->length);
    return characters >= shape->least && (shape->most == 0 || characters <= shape->most);
}

static bool is_scalar(const struct node *node, const struct shape *shape)
{
    bool is = false;
    if (shape->kind == SHAPE_TEXT)
        is = is_as_long(node, shape);
    else if (shape->kind == SHAPE_NAME)
        is = scalar_is_name(node->text);
    else if (shape->kind == SHAPE_HEX)
        is = scalar_is_hex(node->text);
    else if (shape->kind == SHAPE_ACTOR)
        is = scalar_is_actor(node->text);
    else if (shape->kind == SHAPE_RATIO)
        is = scalar_is_ratio(node->text);
    else
        is = is_quantity(node, shape);
    return is;
}

static bool check_scalar(struct complaints *list, const struct node *node,
                         const struct shape *shape, const char *what)
{
    if (node->kind != NODE_SCALAR)
        return bad(list, node, shape, what);
    if (shape->kind != SHAPE_TEXT && strlen(node->text) != node->length)
        return bad(list, node, shape, what);
    if (shape->kind == SHAPE_CONSTANT || shape->kind == SHAPE_OPTION)
        return check_named(list, node, shape, what);
    if (shape->kind == SHAPE_WORD)
        return in_words(node->text, shape->words) ||
               bad_word(list, node, CODE_BAD_VALUE, what, shape->noun, shape->words);
    return is_scalar(node, shape) || bad(list, node, shape, what);
}

/* --- lists and mappings -------------------------------------------------------------------- */

static bool check_flags(struct complaints *list, const struct node *node, const struct shape *shape,
                        const char *what)
{
    bool good = true;
    if (node->kind == NODE_MAP)
        return bad(list, node, shape, what);
    if (node->kind == NODE_SCALAR)
        return check_named(list, node, shape, what);
    for (const struct node *one = node->first; one != NULL; one = one->next) {
        if (one->kind != NODE_SCALAR)
            good = bad(list, one, shape, what);
        else if (node_reference(one) == NULL)
            good = check_named(list, one, shape, what) && good;
    }
    return good;
}

static bool check_list(struct complaints *list, const struct node *node, const struct shape *shape,
                       const char *what)
{
    bool good = true;
    if (node->kind != NODE_LIST || node->count < (size_t)shape->least ||
        (shape->most > 0 && node->count > (size_t)shape->most))
        return bad(list, node, shape, what);
    for (const struct node *one = node->first; one != NULL; one = one->next)
        good = shape_check(list, one, shape->of, what) && good;
    return good;
}

static const struct shape_member *member_of(const struct shape *shape, const char *name)
{
    const struct shape_member *member = shape->members;
    while (member->name != NULL && strcmp(member->name, name) != 0)
        member++;
    return member->name != NULL ? member : NULL;
}

static const struct shape_refusal *refusal_of(const struct shape *shape, const char *key)
{
    const struct shape_refusal *one = shape->refused;
    while (one != NULL && one->key != NULL && strcmp(one->key, key) != 0)
        one++;
    return one != NULL && one->key != NULL ? one : NULL;
}

static void unknown_member(struct complaints *list, const struct node *one,
                           const struct shape *shape, const char *what)
{
    const struct shape_refusal *refusal = refusal_of(shape, one->key);
    const char *names[64];
    size_t count = 0;
    for (const struct shape_member *member = shape->members; member->name != NULL && count < 63;
         member++)
        names[count++] = member->name;
    names[count] = NULL;
    if (list != NULL && refusal != NULL)
        complain(list, one->key_mark, remark_characters(one->key, strlen(one->key)), refusal->code,
                 refusal->advice, "%s", refusal->why);
    else if (list != NULL)
        remark_unknown_key(list, one, arena_printf(list->arena, "'%s'", what), names);
}

static bool check_exclusive(struct complaints *list, const struct node *node,
                            const struct shape *shape)
{
    const char *earlier = NULL;
    bool good = true;
    for (const struct node *one = node->first; one != NULL && shape->exclusive != NULL;
         one = one->next) {
        if (!in_words(one->key, shape->exclusive))
            continue;
        if (earlier != NULL && list != NULL)
            complain(list, one->key_mark, (int)strlen(one->key), CODE_EXCLUSIVE_KEYS, NULL,
                     "'%s' and '%s' exclude each other", earlier, one->key);
        good = good && earlier == NULL;
        earlier = one->key;
    }
    return good;
}

static bool check_required(struct complaints *list, const struct node *node,
                           const struct shape *shape, const char *what)
{
    bool good = true;
    for (const struct shape_member *member = shape->members; member->name != NULL; member++) {
        if (!member->required || node_get(node, member->name) != NULL)
            continue;
        good = false;
        if (list != NULL)
            complain(list, node->mark, 1, CODE_MISSING_KEY, NULL, "'%s' needs the key '%s'", what,
                     member->name);
    }
    return good;
}

static bool check_map(struct complaints *list, const struct node *node, const struct shape *shape,
                      const char *what)
{
    bool good = true;
    if (node->kind != NODE_MAP)
        return bad(list, node, shape, what);
    for (const struct node *one = node->first; one != NULL; one = one->next) {
        const struct shape_member *member = member_of(shape, one->key);
        if (member == NULL)
            unknown_member(list, one, shape, what);
        good = member != NULL && shape_check(list, one, member->shape, one->key) && good;
    }
    if (good && shape->one && node->count != 1) {
        good = false;
        if (list != NULL)
            complain(list, node->mark, 1, CODE_EXCLUSIVE_KEYS, NULL, "'%s' takes %s", what,
                     shape->noun);
    }
    good = check_exclusive(list, node, shape) && good;
    good = check_required(list, node, shape, what) && good;
    return good && (shape->together == NULL || shape->together(list, node));
}

static bool check_dict(struct complaints *list, const struct node *node, const struct shape *shape,
                       const char *what)
{
    bool good = true;
    if (node->kind != NODE_MAP || node->count < (size_t)shape->least)
        return bad(list, node, shape, what);
    for (const struct node *one = node->first; one != NULL; one = one->next) {
        const char *const *words = shape->keyed ? constant_names(shape->group) : shape->words;
        bool known = words != NULL ? in_words(one->key, words) : scalar_is_name(one->key);
        static const char *const none[] = {NULL};
        if (!known && list != NULL)
            remark_unknown_key(list, one, arena_printf(list->arena, "'%s'", what),
                               words != NULL ? words : none);
        good = shape_check(list, one, shape->of, one->key) && known && good;
    }
    return good;
}

bool shape_has_key(const struct shape *shape, const char *key)
{
    bool has = false;
    if (shape->kind == SHAPE_MAP)
        has = member_of(shape, key) != NULL || refusal_of(shape, key) != NULL;
    else if (shape->kind == SHAPE_MATCH)
        has = shape_has_key(shape->of, key);
    else if (shape->kind == SHAPE_EITHER)
        for (const struct shape *const *one = shape->either; *one != NULL && !has; one++)
            has = shape_has_key(*one, key);
    return has;
}

/* --- alternatives and matchers ------------------------------------------------------------- */

static bool shares_key(const struct node *node, const struct shape *shape)
{
    bool shared = false;
    for (const struct node *one = node->first; one != NULL && !shared; one = one->next)
        shared = member_of(shape, one->key) != NULL || refusal_of(shape, one->key) != NULL;
    return shared;
}

/* True when a node of this kind could have the shape, whatever is in it. */
static bool suits(const struct node *node, const struct shape *shape)
{
    bool yes = false;
    switch (shape->kind) {
    case SHAPE_ANY:
        yes = true;
        break;
    case SHAPE_TEXT:
    case SHAPE_NAME:
    case SHAPE_HEX:
    case SHAPE_ACTOR:
    case SHAPE_INTEGER:
    case SHAPE_SIZE:
    case SHAPE_TIME:
    case SHAPE_RATIO:
    case SHAPE_WORD:
    case SHAPE_CONSTANT:
    case SHAPE_OPTION:
        yes = node->kind == NODE_SCALAR;
        break;
    case SHAPE_FLAGS:
        yes = node->kind != NODE_MAP;
        break;
    case SHAPE_LIST:
        yes = node->kind == NODE_LIST;
        break;
    case SHAPE_MAP:
        yes = node->kind == NODE_MAP && shares_key(node, shape);
        break;
    case SHAPE_DICT:
        yes = node->kind == NODE_MAP;
        break;
    case SHAPE_EITHER:
        for (const struct shape *const *one = shape->either; *one != NULL && !yes; one++)
            yes = suits(node, *one);
        break;
    case SHAPE_MATCH:
        yes = node->kind == NODE_MAP || suits(node, shape->of);
        break;
    }
    return yes;
}

static bool check_either(struct complaints *list, const struct node *node,
                         const struct shape *shape, const char *what)
{
    const struct shape *meant = NULL;
    for (const struct shape *const *one = shape->either; *one != NULL; one++) {
        if (!suits(node, *one))
            continue;
        if (shape_check(NULL, node, *one, what))
            return true;
        bool distinct = node->kind == NODE_MAP && (*one)->kind == SHAPE_MAP &&
                        node_get(node, (*one)->members[0].name) != NULL;
        if (meant == NULL || distinct)
            meant = *one;
    }
    /* A mapping that shares no key with any: the keys are wrong, and that is worth saying. */
    for (const struct shape *const *one = shape->either; *one != NULL && meant == NULL; one++)
        if (node->kind == NODE_MAP && node->count > 0 && (*one)->kind == SHAPE_MAP)
            meant = *one;
    bool named = meant != NULL && (meant->kind == SHAPE_CONSTANT || meant->kind == SHAPE_OPTION ||
                                   meant->kind == SHAPE_FLAGS || meant->kind == SHAPE_EITHER);
    /* A scalar that fits none is told all alternatives, unless it looks like a constant. */
    if (meant == NULL || (node->kind == NODE_SCALAR && !named))
        return bad(list, node, shape, what);
    return shape_check(list, node, meant, what);
}

/* Every text begins with an empty one and holds it, and every set has all, and none, of no flags.
 */
static bool always_matches(const struct node *one)
{
    bool part = strcmp(one->key, "starts") == 0 || strcmp(one->key, "contains") == 0;
    bool flags = strcmp(one->key, "all") == 0 || strcmp(one->key, "none") == 0;
    return (part && one->kind == NODE_SCALAR && one->length == 0) ||
           (flags && one->kind == NODE_LIST && one->count == 0);
}

static bool check_matcher(struct complaints *list, const struct node *one,
                          const struct shape *shape, const char *what)
{
    bool good = true;
    if (always_matches(one)) {
        if (list != NULL)
            complain(list, one->mark, remark_width(one), CODE_BAD_VALUE, NULL,
                     "'%s' of nothing matches everything: it proves nothing", one->key);
        return false;
    }
    if (strcmp(one->key, "not") == 0)
        return shape_check(list, one, shape, what);
    if (strcmp(one->key, "any_of") != 0)
        return shape_check(list, one, shape->of, one->key);
    if (one->kind != NODE_LIST || one->count == 0) {
        if (list != NULL)
            complain(list, one->mark, remark_width(one), CODE_BAD_VALUE, NULL,
                     "'any_of' takes a list with at least one member");
        return false;
    }
    for (const struct node *member = one->first; member != NULL; member = member->next)
        good = shape_check(list, member, shape, what) && good;
    return good;
}

static void unknown_matcher(struct complaints *list, const struct node *one,
                            const struct shape *shape, const char *what)
{
    const char *names[16] = {NULL};
    size_t count = 0;
    for (const struct matcher *known = matcher_next(NULL, shape->matchers);
         known != NULL && count < 15; known = matcher_next(known, shape->matchers))
        names[count++] = known->name;
    if (list != NULL)
        remark_unknown_key(list, one, arena_printf(list->arena, "'%s'", what), names);
}

static bool check_match(struct complaints *list, const struct node *node, const struct shape *shape,
                        const char *what)
{
    bool good = true;
    bool matcher = false;
    for (const struct node *one = node->first; one != NULL && node->kind == NODE_MAP;
         one = one->next)
        matcher = matcher || matcher_is(one->key, shape->matchers);
    if (!matcher && (node->kind != NODE_MAP || suits(node, shape->of)))
        return shape_check(list, node, shape->of, what);
    if (node->count == 0)
        return bad(list, node, shape->of, what);
    for (const struct node *one = node->first; one != NULL; one = one->next) {
        bool known = matcher_is(one->key, shape->matchers);
        if (!known)
            unknown_matcher(list, one, shape, what);
        good = known && check_matcher(list, one, shape, what) && good;
    }
    return good;
}

bool shape_check(struct complaints *list, const struct node *node, const struct shape *shape,
                 const char *what)
{
    bool good = true;
    if (node_reference(node) != NULL && !shape->literal && shape->kind != SHAPE_ANY)
        return true;
    switch (shape->kind) {
    case SHAPE_ANY:
        break;
    case SHAPE_FLAGS:
        good = check_flags(list, node, shape, what);
        break;
    case SHAPE_LIST:
        good = check_list(list, node, shape, what);
        break;
    case SHAPE_MAP:
        good = check_map(list, node, shape, what);
        break;
    case SHAPE_DICT:
        good = check_dict(list, node, shape, what);
        break;
    case SHAPE_EITHER:
        good = check_either(list, node, shape, what);
        break;
    case SHAPE_MATCH:
        good = check_match(list, node, shape, what);
        break;
    case SHAPE_TEXT:
    case SHAPE_NAME:
    case SHAPE_HEX:
    case SHAPE_ACTOR:
    case SHAPE_INTEGER:
    case SHAPE_SIZE:
    case SHAPE_TIME:
    case SHAPE_RATIO:
    case SHAPE_WORD:
    case SHAPE_CONSTANT:
    case SHAPE_OPTION:
        good = check_scalar(list, node, shape, what);
        break;
    }
    return good;
}
