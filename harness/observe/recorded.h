/* SPDX-License-Identifier: MIT */
/*
 * Recorded bytes: what a call moved, as an event holds it so that it can be held against an
 * expectation again.
 */
#ifndef SOCKPROOF_OBSERVE_RECORDED_H
#define SOCKPROOF_OBSERVE_RECORDED_H

#include "base/arena.h"
#include "observe/pattern.h"

#include <jansson.h>
#include <stdint.h>

/* {"pattern": N} when the bytes are the next N of *pattern (which stays where it is), {"text": …}
   when they are UTF-8 without NUL, else {"hex": …}. New reference. */
json_t *recorded_bytes(const uint8_t *bytes, size_t size, const struct pattern *pattern);
/* The bytes that json stands for, owned by arena, *size of them; NULL when it stands for none. */
const uint8_t *recorded_read(struct arena *arena, const json_t *json, const struct pattern *pattern,
                             size_t *size);
/* A pattern as {"key": "hex digits", "position": N}. New reference. */
json_t *recorded_pattern(const struct pattern *pattern);
/* What recorded_pattern made, back; all 0 when json is none. */
struct pattern recorded_pattern_read(const json_t *json);

#endif
