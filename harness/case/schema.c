/* SPDX-License-Identifier: MIT */
#include "case/schema.h"

#include "case/form.h"
#include "case/format.h"
#include "case/row.h"
#include "case/topshape.h"

#include <string.h>

enum { SHAPES_MAX = 256 };

/* Definitions so far. A matcher refers to itself, so every one of them needs a name. */
struct schema {
    json_t *definitions;
    const struct shape *unnamed[SHAPES_MAX];
    size_t unnamed_count;
};

static json_t *of_shape(struct schema *schema, const struct shape *shape);

/* --- small pieces -------------------------------------------------------------------------- */

static json_t *reference(const char *name)
{
    return json_pack("{s:o}", "$ref", json_sprintf("#/$defs/%s", name));
}

static json_t *any_of(json_t *alternatives)
{
    json_t *only = json_array_size(alternatives) == 1 ? json_array_get(alternatives, 0) : NULL;
    json_t *schema = only != NULL ? json_incref(only) : json_pack("{s:O}", "anyOf", alternatives);
    json_decref(alternatives);
    return schema;
}

static json_t *names_json(const char *const *names)
{
    json_t *list = json_array();
    for (; *names != NULL; names++)
        json_array_append_new(list, json_string(*names));
    return list;
}

/* YAML loaders read true and false as booleans; this format takes them as words. */
static json_t *words_json(const char *const *words)
{
    json_t *list = names_json(words);
    for (; *words != NULL; words++)
        if (strcmp(*words, "true") == 0 || strcmp(*words, "false") == 0)
            json_array_append_new(list, json_boolean(strcmp(*words, "true") == 0));
    return json_pack("{s:o}", "enum", list);
}

static json_t *pattern_json(const char *pattern)
{
    return json_pack("{s:s, s:s}", "type", "string", "pattern", pattern);
}

/* --- scalars ------------------------------------------------------------------------------- */

static json_t *integer_json(const struct shape *shape)
{
    json_t *integer = json_pack("{s:s}", "type", "integer");
    bool open = shape->most == INT64_MAX ||
                (shape->most == 0 && shape->least >= 0 && shape->kind != SHAPE_INTEGER);
    if (shape->least != INT64_MIN)
        json_object_set_new(integer, "minimum", json_integer(shape->least));
    if (!open)
        json_object_set_new(integer, "maximum", json_integer(shape->most));
    return integer;
}

static json_t *size_json(const struct shape *shape)
{
    const char *pattern = shape->least < 0 ? "^-?[0-9]+(KiB|MiB)$" : "^[0-9]+(KiB|MiB)$";
    return json_pack("{s:[o, o]}", "anyOf", integer_json(shape), pattern_json(pattern));
}

static json_t *text_json(const struct shape *shape)
{
    json_t *text = json_pack("{s:[s, s, s]}", "type", "string", "number", "boolean");
    if (shape->least > 0)
        json_object_set_new(text, "minLength", json_integer(shape->least));
    if (shape->most > 0)
        json_object_set_new(text, "maxLength", json_integer(shape->most));
    return text;
}

static json_t *flags_json(const struct shape *shape)
{
    const char *const *names = constant_names(shape->group);
    return json_pack("{s:[{s:o}, {s:s, s:{s:[o, {s:o}]}}]}", "anyOf", "enum", names_json(names),
                     "type", "array", "items", "anyOf", reference("reference"), "enum",
                     names_json(names));
}

/* --- mappings ------------------------------------------------------------------------------ */

static json_t *object_json(json_t *properties, json_t *required)
{
    json_t *object = json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties,
                               "additionalProperties", 0);
    if (json_array_size(required) > 0)
        json_object_set(object, "required", required);
    json_decref(required);
    return object;
}

static void add_members(struct schema *schema, const struct shape *shape, json_t *properties,
                        json_t *required)
{
    for (const struct shape_member *one = shape->members; one->name != NULL; one++) {
        if (json_object_get(properties, one->name) == NULL)
            json_object_set_new(properties, one->name, of_shape(schema, one->shape));
        if (one->required)
            json_array_append_new(required, json_string(one->name));
    }
}

/* No two of the shape's exclusive keys; exactly one of its keys where it asks for one. */
static void constrain(json_t *object, const struct shape *shape)
{
    json_t *pairs = json_array();
    json_t *choice = json_array();
    for (const char *const *a = shape->exclusive; a != NULL && *a != NULL; a++)
        for (const char *const *b = a + 1; *b != NULL; b++)
            json_array_append_new(pairs, json_pack("{s:{s:[s, s]}}", "not", "required", *a, *b));
    for (const struct shape_member *one = shape->members; shape->one && one->name != NULL; one++)
        json_array_append_new(choice, json_pack("{s:[s]}", "required", one->name));
    if (json_array_size(pairs) > 0)
        json_object_set(object, "allOf", pairs);
    if (json_array_size(choice) > 0)
        json_object_set(object, "oneOf", choice);
    json_decref(pairs);
    json_decref(choice);
}

static json_t *map_json(struct schema *schema, const struct shape *shape)
{
    json_t *properties = json_object();
    json_t *required = json_array();
    add_members(schema, shape, properties, required);
    json_t *object = object_json(properties, required);
    constrain(object, shape);
    return object;
}

static json_t *dict_json(struct schema *schema, const struct shape *shape)
{
    const char *const *words = shape->keyed ? constant_names(shape->group) : shape->words;
    json_t *names = words != NULL ? json_pack("{s:o}", "enum", names_json(words))
                                  : json_pack("{s:s}", "pattern", "^[A-Za-z_][A-Za-z0-9_-]*$");
    return json_pack("{s:s, s:I, s:o, s:o}", "type", "object", "minProperties",
                     (json_int_t)shape->least, "propertyNames", names, "additionalProperties",
                     of_shape(schema, shape->of));
}

static json_t *match_json(struct schema *schema, const struct shape *shape)
{
    json_t *properties = json_object();
    for (const struct matcher *one = matcher_next(NULL, shape->matchers); one != NULL;
         one = matcher_next(one, shape->matchers)) {
        json_t *value = NULL;
        if (strcmp(one->name, "any_of") == 0)
            value = json_pack("{s:s, s:i, s:o}", "type", "array", "minItems", 1, "items",
                              of_shape(schema, shape));
        else
            value = of_shape(schema, strcmp(one->name, "not") == 0 ? shape : shape->of);
        json_object_set_new(properties, one->name, value);
    }
    json_t *matcher = object_json(properties, json_array());
    json_object_set_new(matcher, "minProperties", json_integer(1));
    return json_pack("{s:[o, o]}", "anyOf", of_shape(schema, shape->of), matcher);
}

static json_t *either_json(struct schema *schema, const struct shape *shape)
{
    json_t *alternatives = json_array();
    for (const struct shape *const *one = shape->either; *one != NULL; one++)
        json_array_append_new(alternatives, of_shape(schema, *one));
    return any_of(alternatives);
}

/* --- shapes -------------------------------------------------------------------------------- */

static json_t *body(struct schema *schema, const struct shape *shape)
{
    json_t *json = NULL;
    switch (shape->kind) {
    case SHAPE_ANY:
        json = json_true();
        break;
    case SHAPE_TEXT:
        json = text_json(shape);
        break;
    case SHAPE_NAME:
        json = pattern_json("^[A-Za-z_][A-Za-z0-9_-]*$");
        break;
    case SHAPE_HEX: /* digits alone are a number to a YAML loader */
        json = json_pack("{s:[o, {s:s}]}", "anyOf",
                         pattern_json("^ *([0-9A-Fa-f] *[0-9A-Fa-f] *)*$"), "type", "number");
        break;
    case SHAPE_ACTOR:
        json = pattern_json("^(client|server)([1-9][0-9]{0,2})?$");
        break;
    case SHAPE_INTEGER:
        json = integer_json(shape);
        break;
    case SHAPE_SIZE:
        json = size_json(shape);
        break;
    case SHAPE_TIME:
        json = json_pack("{s:[o, {s:i}]}", "anyOf", pattern_json("^[0-9]+(us|ms|s)$"), "const", 0);
        break;
    case SHAPE_RATIO:
        json = json_pack("{s:s, s:i, s:i}", "type", "number", "exclusiveMinimum", 0, "maximum", 1);
        break;
    case SHAPE_WORD:
        json = words_json(shape->words);
        break;
    case SHAPE_CONSTANT:
        json = json_pack("{s:o}", "enum", names_json(constant_names(shape->group)));
        break;
    case SHAPE_OPTION:
        json = json_pack("{s:o}", "enum", names_json(option_names()));
        break;
    case SHAPE_FLAGS:
        json = flags_json(shape);
        break;
    case SHAPE_LIST:
        json = json_pack("{s:s, s:I, s:o}", "type", "array", "minItems", (json_int_t)shape->least,
                         "items", of_shape(schema, shape->of));
        if (shape->most > 0)
            json_object_set_new(json, "maxItems", json_integer(shape->most));
        break;
    case SHAPE_MAP:
        json = map_json(schema, shape);
        break;
    case SHAPE_DICT:
        json = dict_json(schema, shape);
        break;
    case SHAPE_EITHER:
        json = either_json(schema, shape);
        break;
    case SHAPE_MATCH:
        json = match_json(schema, shape);
        break;
    }
    return json;
}

static json_t *with_reference(struct schema *schema, const struct shape *shape)
{
    json_t *json = body(schema, shape);
    bool either = shape->kind == SHAPE_EITHER || shape->kind == SHAPE_MATCH;
    /* Each alternative takes a reference by itself. */
    if (shape->literal || shape->kind == SHAPE_ANY || either)
        return json;
    return json_pack("{s:[o, o]}", "anyOf", reference("reference"), json);
}

/* The name under which a matcher without a name of its own is defined. */
static const char *unnamed(struct schema *schema, const struct shape *shape, char *out, size_t size)
{
    size_t number = 0;
    while (number < schema->unnamed_count && schema->unnamed[number] != shape)
        number++;
    if (number == schema->unnamed_count && number < SHAPES_MAX)
        schema->unnamed[schema->unnamed_count++] = shape;
    snprintf(out, size, "match-%zu", number + 1);
    return out;
}

static json_t *of_shape(struct schema *schema, const struct shape *shape)
{
    char name[32];
    const char *definition = shape->definition;
    if (definition == NULL && shape->kind == SHAPE_MATCH)
        definition = unnamed(schema, shape, name, sizeof name);
    if (definition == NULL)
        return with_reference(schema, shape);
    if (json_object_get(schema->definitions, definition) == NULL) {
        /* The name is taken first: the shape may hold itself. */
        json_object_set_new(schema->definitions, definition, json_true());
        json_object_set_new(schema->definitions, definition, with_reference(schema, shape));
    }
    return reference(definition);
}

/* --- verbs --------------------------------------------------------------------------------- */

static json_t *names_form(struct schema *schema, const struct verb *verb)
{
    json_t *properties = json_object();
    json_t *required = json_array();
    for (size_t i = 0; i < verb->param_count; i++) {
        json_object_set_new(properties, verb->params[i].name,
                            of_shape(schema, format_param(verb, i)));
        if (verb->params[i].required)
            json_array_append_new(required, json_string(verb->params[i].name));
    }
    return object_json(properties, required);
}

/* The keys of a content mapping beside the other parameters' names. */
static void content_forms(struct schema *schema, const struct verb *verb, const struct shape *shape,
                          json_t *forms)
{
    if (shape->kind == SHAPE_EITHER)
        for (const struct shape *const *one = shape->either; *one != NULL; one++)
            content_forms(schema, verb, *one, forms);
    if (shape->kind != SHAPE_MAP)
        return;
    json_t *properties = json_object();
    json_t *required = json_array();
    for (size_t i = 1; i < verb->param_count; i++)
        json_object_set_new(properties, verb->params[i].name,
                            of_shape(schema, format_param(verb, i)));
    add_members(schema, shape, properties, required);
    json_t *object = object_json(properties, required);
    constrain(object, shape);
    json_array_append_new(forms, object);
}

static const struct shape *pair_shape(const struct verb *verb, const char *first)
{
    const struct shape *shape = format_param(verb, 1);
    if (verb->params[1].type == TYPE_OPTION_VALUE)
        shape = format_option(option_find(first));
    else if (verb->params[1].type == TYPE_COMMAND_ARG)
        shape = format_command(first);
    return shape;
}

/* What may stand first in a pair. */
static const char *const *pair_names(enum param_type type)
{
    enum constant_group group = GROUP_SIGNAL;
    if (type == TYPE_FCNTL)
        group = GROUP_FCNTL;
    else if (type == TYPE_IOCTL)
        group = GROUP_IOCTL;
    return type == TYPE_OPTION_NAME ? option_names() : constant_names(group);
}

static json_t *pair_form(struct schema *schema, const struct verb *verb)
{
    const char *const *names = pair_names(verb->params[0].type);
    json_t *properties = json_object();
    for (; *names != NULL; names++)
        if (pair_shape(verb, *names) != NULL)
            json_object_set_new(properties, *names, of_shape(schema, pair_shape(verb, *names)));
    json_t *object = object_json(properties, json_array());
    json_object_set_new(object, "minProperties", json_integer(1));
    json_object_set_new(object, "maxProperties", json_integer(1));
    return object;
}

static json_t *verb_form(struct schema *schema, const struct verb *verb)
{
    json_t *forms = json_array();
    bool bare = true;
    for (size_t i = 1; i < verb->param_count; i++)
        bare = bare && !verb->params[i].required;
    if (bare)
        json_array_append_new(forms, of_shape(schema, format_param(verb, 0)));
    json_array_append_new(forms, names_form(schema, verb));
    if (format_takes_map(verb->params[0].type))
        content_forms(schema, verb, format_param(verb, 0), forms);
    if (form_is_pair(verb))
        json_array_append_new(forms, pair_form(schema, verb));
    return any_of(forms);
}

/* What getsockopt gives depends on the option: one condition for each type of option. */
static json_t *option_conditions(struct schema *schema)
{
    json_t *conditions = json_array();
    for (int type = OPTION_INT; type <= OPTION_SCTP; type++) {
        json_t *names = json_array();
        const struct shape *shape = NULL;
        for (const struct option *one = option_table(); one->name != NULL; one++) {
            if ((int)one->type != type)
                continue;
            shape = format_option_value(one);
            json_array_append_new(names, json_string(one->name));
        }
        if (shape != NULL)
            json_array_append_new(conditions,
                                  json_pack("{s:{s:{s:{s:O}}}, s:{s:{s:o}}}", "if", "properties",
                                            "getsockopt", "enum", names, "then", "properties",
                                            "value", of_shape(schema, shape)));
        json_decref(names);
    }
    return conditions;
}

/* --- steps --------------------------------------------------------------------------------- */

static json_t *verb_step(struct schema *schema, const struct verb *verb)
{
    json_t *properties = json_pack("{s:o}", verb->name, verb_form(schema, verb));
    json_t *later = json_object();
    unsigned outs = form_outs(verb);
    for (int i = 0; i < MODIFIER_COUNT; i++)
        if (form_takes_modifier(verb, (enum modifier)i))
            json_object_set_new(properties, modifier_names[i],
                                of_shape(schema, format_modifier((enum modifier)i)));
    for (int i = 0; i < EXPECT_COUNT; i++) {
        if (!(outs & 1U << i))
            continue;
        json_object_set_new(later, expectation_names[i], json_false());
        json_object_set_new(properties, expectation_names[i],
                            of_shape(schema, format_expectation((enum expectation)i)));
    }
    json_t *step = object_json(properties, json_pack("[s]", verb->name));
    if (form_takes_modifier(verb, MODIFIER_start))
        json_object_set_new(step, "dependentSchemas",
                            json_pack("{s:{s:O}}", "start", "properties", later));
    if (verb->params[0].type == TYPE_OPTION_NAME && (outs & OUT_value) != 0)
        json_object_set_new(step, "allOf", option_conditions(schema));
    json_decref(later);
    return step;
}

static json_t *side_steps(struct schema *schema, enum verb_side side)
{
    json_t *steps = json_array();
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb *verb = verb_get((enum verb_id)i);
        if (verb->side != side)
            continue;
        char name[64];
        snprintf(name, sizeof name, "step-%s", verb->name);
        json_object_set_new(schema->definitions, name, verb_step(schema, verb));
        json_array_append_new(steps, reference(name));
    }
    return json_pack("{s:o}", "anyOf", steps);
}

static json_t *steps_json(struct schema *schema)
{
    json_object_set_new(schema->definitions, "actor-step", side_steps(schema, SIDE_ACTOR));
    json_object_set_new(schema->definitions, "wire-step", side_steps(schema, SIDE_WIRE));
    json_t *step =
        json_pack("{s:s, s:{s:o}, s:{s:o}, s:b, s:i, s:i}", "type", "object", "properties", "wire",
                  reference("wire-step"), "patternProperties",
                  "^((client|server)([1-9][0-9]{0,2})?|clients)$", reference("actor-step"),
                  "additionalProperties", 0, "minProperties", 1, "maxProperties", 1);
    return json_pack("{s:s, s:i, s:o}", "type", "array", "minItems", 1, "items", step);
}

/* --- the file ------------------------------------------------------------------------------ */

static json_t *variants_json(void)
{
    json_t *row = json_pack("{s:s, s:i, s:i, s:{s:{s:[s, s], s:s}, s:{s:[s, s]}}}", "type",
                            "object", "minProperties", 1, "maxProperties", ROW_KEYS_MAX,
                            "properties", "id", "type", "string", "number", "pattern",
                            "^[A-Za-z0-9._+-]+$", "family", "enum", "inet", "inet6");
    json_t *table = json_pack("{s:s, s:i, s:i, s:o}", "type", "array", "minItems", 1, "maxItems",
                              ROWS_MAX, "items", row);
    json_t *product = json_pack("{s:s, s:i, s:i, s:{s:s, s:i}}", "type", "object", "minProperties",
                                1, "maxProperties", ROW_KEYS_MAX, "additionalProperties", "type",
                                "array", "minItems", 1);
    return json_pack("{s:[o, o]}", "anyOf", table, product);
}

json_t *schema_json(void)
{
    struct schema schema = {.definitions = json_object()};
    json_object_set_new(schema.definitions, "reference", pattern_json("^\\$.+"));
    json_t *root =
        json_pack("{s:s, s:s, s:s}", "$schema", "https://json-schema.org/draft/2020-12/schema",
                  "title", "A sockproof case", "description",
                  "Generated from the tables of harness/case; the checker has the last word.");
    json_t *top = map_json(&schema, &topshape_case);
    json_object_set_new(json_object_get(top, "properties"), "steps", steps_json(&schema));
    json_object_set_new(json_object_get(top, "properties"), "variants", variants_json());
    json_object_update(root, top);
    json_object_set(root, "$defs", schema.definitions);
    json_decref(top);
    json_decref(schema.definitions);
    return root;
}
