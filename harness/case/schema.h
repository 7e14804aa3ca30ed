/* SPDX-License-Identifier: MIT */
/*
 * The schema: the case format as JSON Schema (draft 2020-12), written from the same tables
 * that the checker uses, for editors and other tools.
 */
#ifndef SOCKPROOF_CASE_SCHEMA_H
#define SOCKPROOF_CASE_SCHEMA_H

#include <jansson.h>

/* The schema as a new JSON object; the caller owns the reference. */
json_t *schema_json(void);

#endif
