/* SPDX-License-Identifier: MIT */
/*
 * The manifest: what a run was about, the text of its case files and the whole catalogue, so that
 * its records can be rendered when both have changed.
 */
#ifndef SOCKPROOF_ENGINE_MANIFEST_H
#define SOCKPROOF_ENGINE_MANIFEST_H

#include "engine/suite.h"

#include <jansson.h>

/* {"sources": {path: text of the file}, "catalogue": [requirement]}; a requirement that is excepted
   from coverage has "excepted", the reason. The text of a file that is not UTF-8 is left out. The
   caller owns the reference; NULL when memory ran out. */
json_t *manifest_json(const struct suite *suite);

#endif
