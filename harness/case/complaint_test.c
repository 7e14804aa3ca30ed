/* SPDX-License-Identifier: MIT */
#include "case/complaint.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static char *printed(const struct complaints *list)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    complaints_print(list, out);
    fclose(out);
    return text;
}

static struct complaints begin(const char *text)
{
    return (struct complaints){
        .arena = arena_new(), .file = "cases/x.yaml", .text = text, .length = strlen(text)};
}

static void expect_printed(struct complaints *list, const char *expected)
{
    char *text = printed(list);
    cr_assert_str_eq(text, expected);
    free(text);
    arena_free(list->arena);
}

Test(complaint, quotes_the_line_and_points_at_the_place)
{
    struct complaints list = begin("title: x\nsteps:\n  - client: {recv: 64, retuns: 0}\n");
    complain(&list, (struct mark){3, 24}, 6, CODE_UNKNOWN_KEY, "did you mean 'returns'?",
             "'%s' is not a key of this step", "retuns");
    expect_printed(&list,
                   "cases/x.yaml:3:24: error[unknown-key]: 'retuns' is not a key of this step\n"
                   "   3 |   - client: {recv: 64, retuns: 0}\n"
                   "     |                        ^^^^^^\n"
                   "     = did you mean 'returns'?\n");
}

Test(complaint, sorted_by_place_and_said_once)
{
    struct complaints list = begin("one\ntwo\n");
    complain(&list, (struct mark){2, 1}, 3, CODE_SYNTAX, NULL, "second");
    complain(&list, (struct mark){1, 2}, 1, CODE_EMPTY, NULL, "first");
    complain(&list, (struct mark){2, 1}, 3, CODE_SYNTAX, NULL, "second");
    complain(&list, (struct mark){2, 1}, 3, CODE_TAG, NULL, "third");
    cr_assert_eq(list.count, 3);
    expect_printed(&list, "cases/x.yaml:1:2: error[empty]: first\n"
                          "   1 | one\n"
                          "     |  ^\n"
                          "cases/x.yaml:2:1: error[syntax]: second\n"
                          "   2 | two\n"
                          "     | ^^^\n"
                          "cases/x.yaml:2:1: error[tag]: third\n"
                          "   2 | two\n"
                          "     | ^^^\n");
}

Test(complaint, columns_are_characters_and_tabs_stay_tabs)
{
    struct complaints list = begin("\tgrüße: 你 x\r\n");
    complain(&list, (struct mark){1, 11}, 9, CODE_EMPTY, NULL, "here");
    expect_printed(&list, "cases/x.yaml:1:11: error[empty]: here\n"
                          "   1 | \tgrüße: 你 x\n"
                          "     | \t         ^\n");
}

Test(complaint, without_text_or_beyond_it_only_the_message)
{
    struct complaints list = begin("one");
    complain(&list, (struct mark){7, 1}, 1, CODE_EMPTY, "advice", "beyond");
    expect_printed(&list, "cases/x.yaml:7:1: error[empty]: beyond\n     = advice\n");
    list = begin("");
    list.text = NULL;
    complain(&list, (struct mark){1, 1}, 1, CODE_EMPTY, NULL, "nothing");
    expect_printed(&list, "cases/x.yaml:1:1: error[empty]: nothing\n");
}

static json_t *only_line(const struct complaints *list)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    complaints_print_json(list, out);
    fclose(out);
    cr_assert_eq(strchr(text, '\n'), text + size - 1);
    json_t *json = json_loads(text, 0, NULL);
    cr_assert_not_null(json, "%s", text);
    free(text);
    return json;
}

static void expect_member(const json_t *json, const char *key, const char *wanted)
{
    cr_expect_str_eq(json_string_value(json_object_get(json, key)), wanted, "%s", key);
}

Test(complaint, a_line_for_programs_has_all_of_it)
{
    struct complaints list = begin("no: x\n");
    complain(&list, (struct mark){1, 1}, 2, CODE_UNKNOWN_KEY, "leave it out", "'%s' is not", "no");
    json_t *json = only_line(&list);
    json_t *notes = json_object_get(json, "notes");
    expect_member(json, "complaint", "unknown-key");
    expect_member(json, "file", "cases/x.yaml");
    expect_member(json, "said", "'no' is not");
    expect_member(json, "text",
                  "cases/x.yaml:1:1: error[unknown-key]: 'no' is not\n"
                  "   1 | no: x\n     | ^^\n     = leave it out\n");
    cr_expect_eq(json_integer_value(json_object_get(json, "line")), 1);
    cr_expect_eq(json_integer_value(json_object_get(json, "column")), 1);
    cr_assert_eq(json_array_size(notes), 1);
    cr_expect_str_eq(json_string_value(json_array_get(notes, 0)), "leave it out");
    json_decref(json);
    arena_free(list.arena);
}

Test(complaint, a_line_for_programs_is_json_whatever_the_file_holds)
{
    struct complaints list = begin("\xff: x\n");
    complain(&list, (struct mark){1, 1}, 1, CODE_SYNTAX, NULL, "not YAML: \xfe");
    json_t *json = only_line(&list);
    expect_member(json, "said", "not YAML: ?");
    expect_member(json, "text",
                  "cases/x.yaml:1:1: error[syntax]: not YAML: ?\n"
                  "   1 | ?: x\n     | ^\n");
    cr_expect_eq(json_array_size(json_object_get(json, "notes")), 0);
    json_decref(json);
    arena_free(list.arena);
}

Test(complaint, there_is_an_end_to_it)
{
    struct complaints list = begin("x");
    for (int i = 0; i < 100000; i++)
        complain(&list, (struct mark){1, i + 1}, 1, CODE_EMPTY, NULL, "number %d", i);
    cr_assert_eq(list.count, 100);
    arena_free(list.arena);
}

Test(complaint, suggestions)
{
    static const char *const names[] = {"returns", "errno", "recv", "SO_RCVBUF", "to", NULL};
    cr_assert_str_eq(suggest("retuns", names), "returns");
    cr_assert_str_eq(suggest("ernro", names), "errno");
    cr_assert_str_eq(suggest("so_rcvbuf", names), "SO_RCVBUF");
    cr_assert_str_eq(suggest("rcv", names), "recv");
    cr_assert_null(suggest("bananas", names));
    cr_assert_null(suggest("x", names));
    cr_assert_null(suggest("", names));
}
