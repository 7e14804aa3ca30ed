/* SPDX-License-Identifier: MIT */
#include "packet/compact.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* A word of bytes of which each is 1, and one of their highest bits. */
static const uint64_t ONES = 0x0101010101010101, HIGH = 0x8080808080808080;

void compact_raw(struct compact *text, const char *bytes, size_t size)
{
    if (text->size <= text->room && size <= text->room - text->size)
        memcpy(text->out + text->size, bytes, size);
    text->size += size;
}

/* What stands for a byte that a JSON string may not hold (RFC 8259 section 7). */
static void escape(struct compact *text, char byte)
{
    static const char bytes[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *known = strchr(bytes, byte);
    char number[8];
    if (byte != '\0' && known != NULL) {
        number[0] = '\\';
        number[1] = letters[known - bytes];
        compact_raw(text, number, 2);
    } else {
        snprintf(number, sizeof number, "\\u%04X", (unsigned)(unsigned char)byte);
        compact_raw(text, number, 6);
    }
}

static bool plain(char byte)
{
    return (unsigned char)byte >= 0x20 && byte != '"' && byte != '\\';
}

/* Some byte of the word is below limit, which is at most 128, and the word has no byte above 127:
   subtracting takes a high bit from no other byte. */
static uint64_t below(uint64_t word, uint64_t limit)
{
    return (word - ONES * limit) & HIGH;
}

/* All bytes of the word are plain ASCII. */
static bool plain_word(uint64_t word)
{
    return (word & HIGH) == 0 && below(word, 0x20) == 0 && below(word ^ ONES * '"', 1) == 0 &&
           below(word ^ ONES * '\\', 1) == 0;
}

static uint64_t word_at(const char *bytes)
{
    uint64_t word = 0;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* A word of no more than eight bytes: some stand in it twice, and no others. */
static uint64_t short_word(const char *bytes, size_t size)
{
    uint32_t first = 0, last = 0;
    uint64_t word = 0;
    if (size >= sizeof first) {
        memcpy(&first, bytes, sizeof first);
        memcpy(&last, bytes + size - sizeof last, sizeof last);
        word = (uint64_t)last << 32 | first;
    } else {
        word = ONES * (unsigned char)bytes[0];
        memcpy(&word, bytes + size / 2, 1);
        memcpy((char *)&word + 1, bytes + size - 1, 1);
    }
    return word;
}

/* Nothing in the string needs an escape or a closer look: eight bytes at a time. The last eight may
   overlap those before. */
static bool all_plain(const char *bytes, size_t size)
{
    size_t at = 0;
    while (size - at > sizeof(uint64_t) && plain_word(word_at(bytes + at)))
        at += sizeof(uint64_t);
    if (size - at > sizeof(uint64_t))
        return false;
    return size == 0 ||
           plain_word(size < sizeof(uint64_t) ? short_word(bytes, size)
                                              : word_at(bytes + size - sizeof(uint64_t)));
}

static size_t plain_run(const char *bytes, size_t size)
{
    size_t run = 0;
    while (size - run >= sizeof(uint64_t) && plain_word(word_at(bytes + run)))
        run += sizeof(uint64_t);
    while (run < size && plain(bytes[run]))
        run++;
    return run;
}

static void with_escapes(struct compact *text, const char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t run = at + plain_run(bytes + at, size - at);
        compact_raw(text, bytes + at, run - at);
        if (run < size)
            escape(text, bytes[run++]);
        at = run;
    }
}

void compact_string(struct compact *text, const char *bytes, size_t size)
{
    compact_raw(text, "\"", 1);
    if (all_plain(bytes, size))
        compact_raw(text, bytes, size);
    else
        with_escapes(text, bytes, size);
    compact_raw(text, "\"", 1);
}

void compact_next(struct compact *text, bool *more)
{
    compact_raw(text, ",", *more ? 1 : 0);
    *more = true;
}

void compact_key(struct compact *text, const char *key, bool *more)
{
    compact_next(text, more);
    compact_string(text, key, strlen(key));
    compact_raw(text, ":", 1);
}

void compact_hex(struct compact *text, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    compact_raw(text, "\"", 1);
    for (size_t i = 0; i < size; i++)
        compact_raw(text, (const char[]){digits[bytes[i] >> 4], digits[bytes[i] & 15]}, 2);
    compact_raw(text, "\"", 1);
}

bool compact_printable(const uint8_t *bytes, size_t size)
{
    bool yes = true;
    for (size_t i = 0; i < size && yes; i++)
        yes = bytes[i] >= ' ' && bytes[i] <= '~';
    return yes;
}

void compact_bytes(struct compact *text, const uint8_t *bytes, size_t size)
{
    bool more = false;
    if (compact_printable(bytes, size)) {
        compact_string(text, (const char *)bytes, size);
        return;
    }
    compact_raw(text, "{", 1);
    compact_key(text, "hex", &more);
    compact_hex(text, bytes, size);
    compact_raw(text, "}", 1);
}

void compact_integer(struct compact *text, json_int_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    unsigned long long left =
        number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number;
    do
        digits[--at] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (number < 0)
        digits[--at] = '-';
    compact_raw(text, digits + at, sizeof digits - at);
}

static void real(struct compact *text, const json_t *json)
{
    char digits[64];
    size_t size = json_dumpb(json, digits, sizeof digits, JSON_COMPACT | JSON_ENCODE_ANY);
    compact_raw(text, digits, size < sizeof digits ? size : sizeof digits);
}

static void array(struct compact *text, const json_t *json)
{
    compact_raw(text, "[", 1);
    for (size_t i = 0; i < json_array_size(json); i++) {
        compact_raw(text, ",", i > 0 ? 1 : 0);
        compact_value(text, json_array_get(json, i));
    }
    compact_raw(text, "]", 1);
}

static void members(struct compact *text, const json_t *json, size_t comma)
{
    /* The iterator is no part of the object, whose interface has no const. */
    json_t *object = (json_t *)json;
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        compact_raw(text, ",", comma);
        compact_string(text, key, strlen(key));
        compact_raw(text, ":", 1);
        compact_value(text, json_object_iter_value(at));
        comma = 1;
    }
}

void compact_members(struct compact *text, const json_t *object)
{
    members(text, object, 1);
}

void compact_value(struct compact *text, const json_t *json)
{
    if (json == NULL)
        return;
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        compact_raw(text, "{", 1);
        members(text, json, 0);
        compact_raw(text, "}", 1);
        break;
    case JSON_ARRAY:
        array(text, json);
        break;
    case JSON_STRING:
        compact_string(text, json_string_value(json), json_string_length(json));
        break;
    case JSON_INTEGER:
        compact_integer(text, json_integer_value(json));
        break;
    case JSON_REAL:
        real(text, json);
        break;
    case JSON_TRUE:
        compact_raw(text, "true", 4);
        break;
    case JSON_FALSE:
        compact_raw(text, "false", 5);
        break;
    case JSON_NULL:
        compact_raw(text, "null", 4);
        break;
    }
}
