/* SPDX-License-Identifier: MIT */
/*
 * JSON as compact text, for what is written thousands of times a second. The same text as
 * json_dumpb(…, JSON_COMPACT) gives, without its search for circles: what is printed is a tree.
 */
#ifndef SOCKPROOF_PACKET_COMPACT_H
#define SOCKPROOF_PACKET_COMPACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text being written; what does not fit is counted and not kept. */
struct compact {
    char *out;
    size_t room;
    size_t size; /* of the whole text, so far; more than room: it did not fit */
};

/* Appends bytes as they are. */
void compact_raw(struct compact *text, const char *bytes, size_t size);
/* Appends a string that is UTF-8, quoted. */
void compact_string(struct compact *text, const char *bytes, size_t size);
/* Appends a comma, but before the first member of a list or an object, of which more is false, and
   true from then on. */
void compact_next(struct compact *text, bool *more);
/* The same, and the key of a member. */
void compact_key(struct compact *text, const char *key, bool *more);
/* Appends bytes as a string of hex digits. */
void compact_hex(struct compact *text, const uint8_t *bytes, size_t size);
/* Appends bytes: a string when all of them are printable ASCII, else {"hex": …}. */
void compact_bytes(struct compact *text, const uint8_t *bytes, size_t size);
/* True when all of the bytes are printable ASCII. */
bool compact_printable(const uint8_t *bytes, size_t size);
/* Appends a whole number. */
void compact_integer(struct compact *text, json_int_t number);
/* Appends a value and all that it holds. NULL: nothing. */
void compact_value(struct compact *text, const json_t *json);
/* Appends the members of an object as they stand between its braces, each behind a comma. */
void compact_members(struct compact *text, const json_t *object);

#endif
