/* SPDX-License-Identifier: MIT */
/*
 * What changes records while they are fuzzed: half of the time a whole value is put where another
 * stood, so that the text stays JSON and what it says does not.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* libFuzzer's own way to change size bytes at data, which has room for most; the new size. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
/* The same, as libFuzzer asks for it; what is done is decided by seed. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

static const char *const values[] = {
    "0",        "-1",   "1",   "2147483648", "-2147483649", "9223372036854775807", "true",  "null",
    "\"\"",     "[]",   "{}",  "[[]]",       "1.5",         "\"returned\"",        "\"x\"", "[0]",
    "\"step\"", "[{}]", "255", "65536",      "4294967296",  "\"client\"",          "64",    "3"};

enum { VALUES = sizeof values / sizeof *values };

/* Whether a value may end behind it. */
static bool ends(char letter)
{
    return letter == ',' || letter == '}' || letter == ']' || letter == '\n';
}

/* Where a value begins, at or behind that place; size when there is none. */
static size_t value_from(const char *text, size_t at, size_t size)
{
    while (at < size && text[at] != ':' && text[at] != ',' && text[at] != '[')
        at++;
    return at < size ? at + 1 : size;
}

static size_t change(char *text, size_t size, size_t most, unsigned seed)
{
    const char *value = values[seed / 2 % VALUES];
    size_t length = strlen(value);
    size_t begin = value_from(text, size > 0 ? seed / 64 % size : 0, size);
    size_t end = begin;
    while (end < size && !ends(text[end]))
        end++;
    if (begin >= size || size - (end - begin) + length > most)
        return size;
    memmove(text + begin + length, text + end, size - end);
    for (size_t i = 0; i < length; i++)
        text[begin + i] = value[i];
    return size - (end - begin) + length;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    return seed % 2 == 0 ? LLVMFuzzerMutate(data, size, most)
                         : change((char *)data, size, most, seed);
}
