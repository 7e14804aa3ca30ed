/* SPDX-License-Identifier: MIT */
#include "observe/recorded.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct pattern none;

/* The form in which the bytes are recorded, and that the same bytes come out of it again. */
static void records(const void *bytes, size_t size, const struct pattern *pattern,
                    const char *expected)
{
    struct arena *arena = arena_new();
    size_t back = 0;
    json_t *json = recorded_bytes(bytes, size, pattern);
    char *text = json_dumps(json, JSON_COMPACT);
    cr_expect_str_eq(text, expected);
    const uint8_t *read = recorded_read(arena, json, pattern, &back);
    cr_assert_eq(back, size);
    cr_expect_arr_eq(read, bytes, size);
    free(text);
    json_decref(json);
    arena_free(arena);
}

Test(recorded, text_and_what_is_none)
{
    records("tail", 4, &none, "{\"text\":\"tail\"}");
    records("", 0, &none, "{\"text\":\"\"}");
    records("a\0b", 3, &none, "{\"hex\":\"610062\"}");
    records("\xff\x0f", 2, &none, "{\"hex\":\"ff0f\"}");
}

Test(recorded, the_next_bytes_of_a_pattern_are_its_name)
{
    struct pattern pattern = {.key = 77, .position = 1000}, copy = pattern;
    uint8_t bytes[300];
    pattern_write(&copy, bytes, sizeof bytes);
    records(bytes, sizeof bytes, &pattern, "{\"pattern\":300}");
    cr_assert_eq(pattern.position, 1000, "it stays where it is");
    bytes[299] ^= 1;
    json_t *json = recorded_bytes(bytes, sizeof bytes, &pattern);
    cr_assert_null(json_object_get(json, "pattern"));
    json_decref(json);
}

Test(recorded, what_stands_for_no_bytes)
{
    struct arena *arena = arena_new();
    size_t size = 1;
    cr_assert_null(recorded_read(arena, NULL, &none, &size));
    cr_assert_eq(size, 0);
    arena_free(arena);
}

Test(recorded, a_pattern_and_back)
{
    const struct pattern pattern = {.key = UINT64_C(0xfedcba9876543210), .position = 12345};
    json_t *json = recorded_pattern(&pattern);
    struct pattern back = recorded_pattern_read(json);
    cr_assert_eq(back.key, pattern.key);
    cr_assert_eq(back.position, pattern.position);
    cr_assert_eq(recorded_pattern_read(NULL).key, 0);
    json_decref(json);
}
