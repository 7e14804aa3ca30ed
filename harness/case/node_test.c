/* SPDX-License-Identifier: MIT */
#include "case/node.h"

#include "case/complaint.h"
#include "case/reader.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct node *parse(struct arena *arena, const char *text)
{
    struct complaints list = {
        .arena = arena, .file = "x.yaml", .text = text, .length = strlen(text)};
    return reader_parse(&list);
}

Test(node, arena_gives_zeroed_aligned_memory_of_any_size)
{
    struct arena *arena = arena_new();
    for (size_t size = 0; size < 200000; size = size * 3 + 1) {
        unsigned char *memory = arena_alloc(arena, size);
        cr_assert_eq((uintptr_t)memory % 16, 0);
        for (size_t i = 0; i < size; i++)
            cr_assert_eq(memory[i], 0);
        memset(memory, 0xff, size);
    }
    arena_free(arena);
    arena_free(NULL);
}

Test(node, arena_printf_formats)
{
    struct arena *arena = arena_new();
    cr_assert_str_eq(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    cr_assert_str_eq(arena_copy(arena, "abcdef", 3), "abc");
    arena_free(arena);
}

Test(node, get_finds_members_of_mappings_only)
{
    struct arena *arena = arena_new();
    const struct node *root = parse(arena, "{a: 1, b: [x, y]}");
    cr_assert(node_is(node_get(root, "a"), "1"));
    cr_assert_eq(node_get(root, "b")->count, 2);
    cr_assert_null(node_get(root, "c"));
    cr_assert_null(node_get(node_get(root, "b"), "x"));
    cr_assert_null(node_get(NULL, "x"));
    arena_free(arena);
}

Test(node, only_plain_scalars_are_references)
{
    struct arena *arena = arena_new();
    const struct node *root = parse(arena, "[$port, \"$port\", $, port]");
    const struct node *one = root->first;
    cr_assert_str_eq(node_reference(one), "port");
    cr_assert_null(node_reference(one->next));
    cr_assert_null(node_reference(one->next->next));
    cr_assert_null(node_reference(one->next->next->next));
    cr_assert_null(node_reference(NULL));
    arena_free(arena);
}

Test(node, is_compares_the_whole_text)
{
    struct arena *arena = arena_new();
    const struct node *root = parse(arena, "\"ab\\0c\"");
    cr_assert_eq(root->length, 4);
    cr_assert_not(node_is(root, "ab"));
    cr_assert_not(node_is(NULL, "ab"));
    arena_free(arena);
}

Test(node, print_writes_flow_style)
{
    struct arena *arena = arena_new();
    const struct node *root = parse(arena, "a: [1, \"x\\r\\n\\\"\"]\nb:\n  c: $d\n  e: {}\n");
    cr_assert_str_eq(node_print(arena, root), "{a: [1, \"x\\r\\n\\\"\"], b: {c: $d, e: {}}}");
    arena_free(arena);
}
