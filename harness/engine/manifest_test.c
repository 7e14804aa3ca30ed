/* SPDX-License-Identifier: MIT */
#include "engine/manifest.h"

#include "engine/sample.h"

Test(manifest, holds_the_text_of_each_file_once_and_the_whole_catalogue)
{
    struct suite suite = sample_suite();
    suite.catalogue = catalogue_load(SOURCE_DIR "/fixtures/catalogue", stderr);
    cr_assert_not_null(suite.catalogue);
    json_t *manifest = manifest_json(&suite);
    const json_t *sources = json_object_get(manifest, "sources");
    size_t count = 0;
    catalogue_all(suite.catalogue, &count);
    cr_assert_eq(json_object_size(sources), 2);
    cr_assert_str_eq(json_string_value(json_object_get(sources, "cases/one.yaml")),
                     sample_texts[1][1]);
    cr_assert_eq(json_array_size(json_object_get(manifest, "catalogue")), count);
    json_decref(manifest);
    suite_free(&suite);
}

Test(manifest, a_requirement_that_no_test_can_show_says_why)
{
    struct suite suite = {0};
    sample_folder();
    sample_write("a.yaml", "- {id: a/one, level: must, section: \"1\", summary: One,\n"
                           "   observable: socket, provoke: \"not practical: needs a week\"}\n"
                           "- {id: a/two, level: must, section: \"2\", summary: Two,\n"
                           "   observable: socket, provoke: connect}\n");
    suite.catalogue = catalogue_load(sample_path, stderr);
    sample_remove();
    cr_assert_not_null(suite.catalogue);
    json_t *manifest = manifest_json(&suite);
    const json_t *list = json_object_get(manifest, "catalogue");
    const json_t *first = json_array_get(list, 0);
    cr_assert_str_eq(json_string_value(json_object_get(first, "excepted")), "needs a week");
    cr_assert_null(json_object_get(json_array_get(list, 1), "excepted"));
    json_decref(manifest);
    suite_free(&suite);
}
