/* SPDX-License-Identifier: MIT */
#include "packet/compact.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Both ways of printing give the same text. */
static void same(const char *source)
{
    char out[1024];
    json_t *json = json_loads(source, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    struct compact text = {out, sizeof out, 0};
    char *wanted = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    cr_assert_not_null(json, "%s", source);
    compact_value(&text, json);
    cr_expect_eq(text.size, strlen(wanted), "%s", source);
    cr_expect_eq(memcmp(out, wanted, text.size), 0, "%.*s for %s", (int)text.size, out, wanted);
    free(wanted);
    json_decref(json);
}

Test(compact, gives_the_library_s_text)
{
    same("{}");
    same("[]");
    same("{\"b\":1,\"a\":[true,false,null,{\"c\":[]}],\"z\":{}}");
    same("[0,-1,9223372036854775807,-9223372036854775808,10]");
    same("[0.5,-1e300,1.0]");
    same("\"plain\"");
    same("[\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\\u0000\\u007f/\"]");
    same("[\"gr\\u00fc\\u00df \\u2026 \\ud83d\\ude00\"]");
    same("{\"k\\\"ey\\n\":\"\"}");
}

static void same_bytes(const char *bytes, size_t size, int place)
{
    char out[256];
    json_t *json = json_stringn(bytes, size);
    char *wanted = json_dumps(json, JSON_ENCODE_ANY);
    struct compact got = {out, sizeof out, 0};
    compact_value(&got, json);
    cr_assert_eq(got.size, strlen(wanted), "%d at %d of %zu", bytes[place], place, size);
    cr_assert_eq(memcmp(out, wanted, got.size), 0, "%d at %d of %zu", bytes[place], place, size);
    free(wanted);
    json_decref(json);
}

/* Strings are read eight bytes at a time, and short ones in a word: what must be escaped is found
   at each place of each length. */
Test(compact, escapes_every_character_at_every_place)
{
    enum { LONGEST = 20 };
    char text[LONGEST];
    for (int byte = 0; byte < 128; byte++)
        for (int size = 1; size <= LONGEST; size++)
            for (int place = 0; place < size; place++) {
                memset(text, 'a', sizeof text);
                text[place] = (char)byte;
                same_bytes(text, (size_t)size, place);
            }
}

Test(compact, counts_what_does_not_fit)
{
    char out[8] = "........";
    struct compact text = {out, 5, 0};
    json_t *json = json_pack("[s, s]", "ab", "cd");
    compact_value(&text, json);
    cr_assert_eq(text.size, strlen("[\"ab\",\"cd\"]"));
    cr_assert_eq(memcmp(out + 5, "...", 3), 0, "nothing is written behind the room");
    json_decref(json);
}

Test(compact, prints_members_behind_commas)
{
    char out[64];
    struct compact text = {out, sizeof out, 0};
    json_t *json = json_pack("{s:i, s:s}", "a", 1, "b", "c");
    compact_members(&text, json);
    cr_assert_eq(text.size, strlen(",\"a\":1,\"b\":\"c\""));
    cr_assert_eq(memcmp(out, ",\"a\":1,\"b\":\"c\"", text.size), 0);
    json_decref(json);
}
