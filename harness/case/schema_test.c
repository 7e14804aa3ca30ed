/* SPDX-License-Identifier: MIT */
#include "case/schema.h"

#include "case/constant.h"
#include "verb/verb.h"

#include <criterion/criterion.h>
#include <string.h>

/* Every $ref in json names a definition. */
static void check_references(const json_t *json, const json_t *definitions)
{
    const char *key = NULL;
    json_t *value = NULL;
    size_t i = 0;
    const char *target = json_string_value(json_object_get(json, "$ref"));
    if (target != NULL)
        cr_assert_not_null(json_object_get(definitions, target + strlen("#/$defs/")), "%s", target);
    json_object_foreach((json_t *)json, key, value)
    {
        check_references(value, definitions);
    }
    json_array_foreach(json, i, value)
    {
        check_references(value, definitions);
    }
}

Test(schema, is_of_one_piece)
{
    json_t *schema = schema_json();
    const json_t *definitions = json_object_get(schema, "$defs");
    cr_assert_str_eq(json_string_value(json_object_get(schema, "$schema")),
                     "https://json-schema.org/draft/2020-12/schema");
    cr_assert_not(json_boolean_value(json_object_get(schema, "additionalProperties")));
    check_references(schema, definitions);
    json_decref(schema);
}

Test(schema, has_a_step_for_every_verb)
{
    json_t *schema = schema_json();
    const json_t *definitions = json_object_get(schema, "$defs");
    for (int i = 0; i < VERB_COUNT; i++) {
        char name[64];
        snprintf(name, sizeof name, "step-%s", verb_get((enum verb_id)i)->name);
        const json_t *step = json_object_get(definitions, name);
        cr_assert_not_null(step, "%s", name);
        cr_assert_str_eq(json_string_value(json_array_get(json_object_get(step, "required"), 0)),
                         verb_get((enum verb_id)i)->name);
    }
    json_decref(schema);
}

Test(schema, the_file_in_fixtures_is_this_one)
{
    json_error_t error;
    json_t *schema = schema_json();
    json_t *file = json_load_file(SOURCE_DIR "/fixtures/case.schema.json", 0, &error);
    cr_assert_not_null(file, "%s", error.text);
    cr_assert(json_equal(schema, file),
              "fixtures/case.schema.json is stale: write it anew from schema_json()");
    json_decref(file);
    json_decref(schema);
}
