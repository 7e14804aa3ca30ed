/* SPDX-License-Identifier: MIT */
#include "case/byteshape.h"

#include "case/basicshape.h"

static const struct shape_refusal no_pattern[] = {
    {"pattern", CODE_CANNOT_MATCH,
     "a packet is not compared with a pattern, which is that of a whole stream",
     "write its bytes: text, hex or zeros"},
    {.key = NULL}};
static const struct shape bytes_map = {
    SHAPE_MAP, .noun = "exactly one of text, hex, zeros", .one = true, .refused = no_pattern,
    .members = MEMBERS(MAY("text", basicshape_text, "The bytes as a text."),
                       MAY("hex", basicshape_hex, "The bytes as pairs of hex digits."),
                       MAY("zeros", basicshape_size, "So many zero bytes."))};
const struct shape byteshape_made = {
    SHAPE_EITHER, .noun = "bytes (\"text\", or one of text, hex, zeros in a mapping)",
    .either = SHAPES(&basicshape_text, &bytes_map), .definition = "packet-bytes"};
const struct shape byteshape_seen = {SHAPE_MATCH, .noun = "bytes", .of = &byteshape_made,
                                     .matchers = MATCH_BYTES, .definition = "match-packet-bytes"};
