/* SPDX-License-Identifier: MIT */
#include "observe/recorded.h"

#include "base/arena.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_pattern(const uint8_t *bytes, size_t size, const struct pattern *pattern)
{
    struct pattern copy = *pattern;
    uint8_t *made = pattern->key != 0 && size > 0 ? arena_must(malloc(size)) : NULL;
    bool same = false;
    if (made != NULL) {
        pattern_write(&copy, made, size);
        same = memcmp(made, bytes, size) == 0;
    }
    free(made);
    return same;
}

static json_t *hex_json(const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_must(malloc(2 * size + 1));
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    json_t *json = json_stringn(text, 2 * size);
    free(text);
    return json;
}

json_t *recorded_bytes(const uint8_t *bytes, size_t size, const struct pattern *pattern)
{
    if (is_pattern(bytes, size, pattern))
        return json_pack("{s:I}", "pattern", (json_int_t)size);
    json_t *text = size == 0 || memchr(bytes, '\0', size) == NULL
                       ? json_stringn(size > 0 ? (const char *)bytes : "", size)
                       : NULL;
    return text != NULL ? json_pack("{s:o}", "text", text)
                        : json_pack("{s:o}", "hex", hex_json(bytes, size));
}

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static uint8_t *from_hex(struct arena *arena, const char *text, size_t *size)
{
    *size = strlen(text) / 2;
    uint8_t *bytes = arena_alloc(arena, *size);
    for (size_t i = 0; i < *size; i++)
        bytes[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    return bytes;
}

const uint8_t *recorded_read(struct arena *arena, const json_t *json, const struct pattern *pattern,
                             size_t *size)
{
    const json_t *text = json_object_get(json, "text");
    const json_t *hex = json_object_get(json, "hex");
    const json_t *of = json_object_get(json, "pattern");
    struct pattern copy = *pattern;
    uint8_t *bytes = NULL;
    *size = 0;
    if (json_is_string(text)) {
        *size = json_string_length(text);
        bytes = (uint8_t *)arena_copy(arena, json_string_value(text), *size);
    } else if (json_is_string(hex)) {
        bytes = from_hex(arena, json_string_value(hex), size);
    } else if (json_is_integer(of)) {
        *size = (size_t)json_integer_value(of);
        bytes = arena_alloc(arena, *size);
        pattern_write(&copy, bytes, *size);
    }
    return bytes;
}

json_t *recorded_pattern(const struct pattern *pattern)
{
    return json_pack("{s:o, s:I}", "key", json_sprintf("%016llx", (unsigned long long)pattern->key),
                     "position", (json_int_t)pattern->position);
}

struct pattern recorded_pattern_read(const json_t *json)
{
    const char *key = json_string_value(json_object_get(json, "key"));
    return (struct pattern){.key = key != NULL ? strtoull(key, NULL, 16) : 0,
                            .position =
                                (uint64_t)json_integer_value(json_object_get(json, "position"))};
}
