/* SPDX-License-Identifier: MIT */
#include "case/reader.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct complaints list;
    const struct node *root;
};

static struct reading read_text(const char *text, size_t length)
{
    struct reading reading = {
        .list = {.arena = arena_new(), .file = "x.yaml", .text = text, .length = length}};
    reading.root = reader_parse(&reading.list);
    return reading;
}

/* Asserts that text draws exactly one complaint, of that code at that place. */
static void expect_one(const char *text, const char *code, int line, int column)
{
    struct reading reading = read_text(text, strlen(text));
    cr_assert_eq(reading.list.count, 1, "%s: %zu complaints", text, reading.list.count);
    cr_assert_str_eq(code_word(reading.list.first->code), code);
    cr_assert_eq(reading.list.first->mark.line, line, "%s: line %d", text,
                 reading.list.first->mark.line);
    cr_assert_eq(reading.list.first->mark.column, column, "%s: column %d", text,
                 reading.list.first->mark.column);
    arena_free(reading.list.arena);
}

Test(reader, marks_count_characters)
{
    static const char text[] = "# comment\nüber: [1, \"a b\"]\n";
    struct reading reading = read_text(text, strlen(text));
    cr_assert_eq(reading.list.count, 0);
    const struct node *list = node_get(reading.root, "über");
    cr_assert_eq(list->key_mark.line, 2);
    cr_assert_eq(list->key_mark.column, 1);
    cr_assert_eq(list->mark.column, 7);
    cr_assert_eq(list->first->next->mark.column, 11);
    cr_assert(list->first->plain);
    cr_assert_not(list->first->next->plain);
    arena_free(reading.list.arena);
}

Test(reader, what_the_format_leaves_out)
{
    expect_one("a: &x 1\n", "anchor", 1, 4);
    expect_one("a: *x\n", "alias", 1, 4);
    expect_one("a: !!str 1\n", "tag", 1, 4);
    expect_one("a: {<<: {b: 1}}\n", "merge-key", 1, 5);
    expect_one("a: 1\nb: 2\na: 3\n", "duplicate-key", 3, 1);
    expect_one("a: 1\n---\nb: 2\n", "several-documents", 2, 1);
    expect_one("? [a, b]\n: 1\n", "bad-key", 1, 3);
    expect_one("\"a\\0b\": 1\n", "bad-key", 1, 1);
}

Test(reader, errors_of_the_language)
{
    expect_one("a: {b: 1\n", "syntax", 2, 1);
    expect_one("a: \"b\n", "syntax", 2, 1);
    expect_one("\ta: 1\n", "syntax", 1, 1);
    expect_one("a: 1\nb: \xff\n", "syntax", 2, 4);
    expect_one("a: \x01\n", "syntax", 1, 4);
    expect_one("", "empty", 1, 1);
    expect_one("# nothing\n", "empty", 1, 1);
}

Test(reader, collects_all_errors_of_a_file)
{
    static const char text[] = "a: &x 1\nb: *x\nc: {d: 1, d: 2}\ne: !t 3\n";
    struct reading reading = read_text(text, strlen(text));
    cr_assert_eq(reading.list.count, 4);
    cr_assert_not_null(reading.root);
    arena_free(reading.list.arena);
}

Test(reader, depth_and_size_are_bounded)
{
    size_t length = 5 << 20;
    char *text = malloc(length);
    memset(text, '[', length);
    struct reading deep = read_text(text, 4 << 20);
    cr_assert_null(deep.root);
    cr_assert_str_eq(code_word(deep.list.first->code), "too-deep");
    struct reading large = read_text(text, length);
    cr_assert_null(large.root);
    cr_assert_str_eq(code_word(large.list.first->code), "too-large");
    arena_free(deep.list.arena);
    arena_free(large.list.arena);
    for (size_t i = 0; i < length; i++)
        text[i] = i % 2 == 0 ? '-' : '\n';
    struct reading many = read_text(text, 4 << 20);
    cr_assert_str_eq(code_word(many.list.first->code), "too-large");
    arena_free(many.list.arena);
    free(text);
}

/* Each is another: of two that are the same the parser says so at once. */
static char *directives(size_t count, const char *line_end)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%%TAG !a%zu! tag:x%s", i, line_end);
    fputs("--- a\n", out);
    fclose(out);
    return text;
}

Test(reader, directives_are_few, .timeout = 20)
{
    char *few = directives(64, "\n");
    struct reading good = read_text(few, strlen(few));
    cr_assert(good.list.count == 0 && good.root != NULL);
    arena_free(good.list.arena);
    free(few);
    const char *const line_ends[] = {"\n", "\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    for (size_t i = 0; i < sizeof line_ends / sizeof *line_ends; i++) {
        char *many = directives(150000, line_ends[i]);
        struct reading bad = read_text(many, strlen(many));
        cr_assert_str_eq(code_word(bad.list.first->code), "too-large");
        arena_free(bad.list.arena);
        free(many);
    }
}

Test(reader, files_that_cannot_be_read)
{
    struct complaints list = {.arena = arena_new()};
    cr_assert_null(reader_load(&list, SOURCE_DIR "/no/such/file.yaml"));
    cr_assert_str_eq(code_word(list.first->code), "unreadable");
    arena_free(list.arena);
    list = (struct complaints){.arena = arena_new()};
    cr_assert_null(reader_load(&list, SOURCE_DIR));
    cr_assert_str_eq(code_word(list.first->code), "unreadable");
    arena_free(list.arena);
}
