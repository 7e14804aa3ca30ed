/* SPDX-License-Identifier: MIT */
#include "case/octets.h"

#include "case/reader.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect(const char *text, bool known, const char *bytes, size_t size)
{
    uint8_t out[16];
    struct complaints list = {
        .arena = arena_new(), .file = "test", .text = text, .length = strlen(text)};
    const struct node *node = reader_parse(&list);
    cr_assert_not_null(node);
    cr_expect_eq(octets_known(node), known, "%s", text);
    cr_assert_eq(octets_size(node), size, "%s", text);
    memset(out, 0xee, sizeof out);
    octets_write(node, out);
    cr_expect_eq(memcmp(out, bytes, size), 0, "%s", text);
    cr_expect_eq(out[size], 0xee, "%s", text);
    arena_free(list.arena);
}

Test(octets, are_a_text_or_one_of_three_forms)
{
    expect("abc", true, "abc", 3);
    expect("{text: abc}", true, "abc", 3);
    expect("{hex: \"00 ff\"}", true, "\0\xff", 2);
    expect("{zeros: 3}", true, "\0\0\0", 3);
    expect("\"\"", true, "", 0);
}

Test(octets, references_and_matchers_are_not_known_yet)
{
    expect("$saved", false, "", 0);
    expect("{hex: $saved}", false, "", 0);
    expect("{starts: abc}", false, "", 0);
}
