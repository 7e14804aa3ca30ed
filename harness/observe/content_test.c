/* SPDX-License-Identifier: MIT */
#include "observe/content.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;

static void begin(void)
{
    arena = arena_new();
}

static void end(void)
{
    arena_free(arena);
}

TestSuite(content, .init = begin, .fini = end);

/* {key: text}, or the text alone when there is no key. */
static const struct node *form(char *key, char *text)
{
    struct node *node = arena_alloc(arena, sizeof *node);
    struct node *map = arena_alloc(arena, sizeof *map);
    *node = (struct node){.kind = NODE_SCALAR, .text = text, .length = strlen(text), .key = key};
    *map = (struct node){.kind = NODE_MAP, .first = node, .count = 1};
    return key != NULL ? map : node;
}

static void is(const struct node *node, const void *bytes, size_t size)
{
    uint8_t out[64];
    struct pattern pattern = {0};
    memset(out, 0xee, sizeof out);
    cr_assert(content_is(node));
    cr_assert_eq(content_size(node), size);
    content_write(node, &pattern, out);
    cr_assert_eq(memcmp(out, bytes, size), 0);
    cr_assert_eq(out[size], 0xee);
}

Test(content, each_form_has_its_bytes)
{
    is(form(NULL, "tail"), "tail", 4);
    is(form("text", "12"), "12", 2);
    is(form("hex", "00 fF 7a"), "\x00\xff\x7a", 3);
    is(form("zeros", "5"), "\0\0\0\0\0", 5);
    is(form("zeros", "0"), "", 0);
}

Test(content, a_pattern_goes_on_where_it_was)
{
    uint8_t whole[48];
    uint8_t parts[48];
    struct pattern once = {.key = 7};
    struct pattern twice = once;
    content_write(form("pattern", "48"), &once, whole);
    content_write(form("pattern", "20"), &twice, parts);
    content_write(form("pattern", "28"), &twice, parts + 20);
    cr_assert_eq(memcmp(whole, parts, sizeof whole), 0);
    cr_assert_eq(content_pattern(form("pattern", "1KiB")), 1024);
    cr_assert_eq(content_size(form("pattern", "1KiB")), 1024);
    cr_assert_eq(content_pattern(form("zeros", "48")), 0);
    cr_assert_eq(content_pattern(form(NULL, "48")), 0);
}

Test(content, other_mappings_are_none)
{
    cr_assert_not(content_is(form("at_least", "4")));
    cr_assert_eq(content_size(form("at_least", "4")), 0);
    cr_assert_not(content_is(NULL));
}

static void prints(const char *bytes, size_t size, const char *wanted)
{
    char out[512];
    content_print((const uint8_t *)bytes, size, SHOWN_MOVED, out, sizeof out);
    cr_assert_str_eq(out, wanted);
}

Test(content, it_is_shown_as_text_where_that_can_be_printed)
{
    prints("a\"b\r\n", 5, "\"a\\\"b\\r\\n\"");
    prints("", 0, "\"\"");
    prints("a\tb", 3, "hex 610962");
    prints("\xc3\xa4", 2, "hex c3a4");
}

Test(content, no_more_is_shown_than_was_asked_for)
{
    char many[100];
    memset(many, 'x', sizeof many);
    prints(many, SHOWN_MOVED, "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"");
    prints(many, 100, "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"… (100 bytes)");
    many[SHOWN_MOVED] = 1; /* behind what is shown */
    prints(many, 49, "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"… (49 bytes)");
}

Test(content, a_small_room_is_not_overrun)
{
    char out[64];
    memset(out, '.', sizeof out);
    content_print((const uint8_t *)"abcdefghijklmnopqrst", 20, SHOWN_MOVED, out, 8);
    cr_assert_eq(strncmp(out, "\"abcdef", 8), 0);
    for (size_t i = 8; i < sizeof out; i++)
        cr_assert_eq(out[i], '.');
}
