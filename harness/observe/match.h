/* SPDX-License-Identifier: MIT */
/*
 * Matching: an expectation of a case, as it stands in the file, against what was observed.
 *
 * Observed values are JSON with symbolic names ("EAGAIN", ["POLLIN"], {"l_onoff": 1}); sizes
 * are bytes, times microseconds.
 */
#ifndef SOCKPROOF_OBSERVE_MATCH_H
#define SOCKPROOF_OBSERVE_MATCH_H

#include "case/node.h"
#include "observe/content.h"

#include <jansson.h>

/* True when observed is what expected says: a scalar equal, a list of names exactly that set, a
   list of numbers or mappings in that order, a mapping's members each (others are free), or a
   matcher: all, none, at_least, at_most, above, below, any_of, not. What has
   several names (an object with "is": an address, a checksum) equals each of them; an address
   {host, port} too. */
bool match_value(const struct node *expected, const json_t *observed);
/* True when the bytes are what expected says: equal, starts, contains, prefix_of, any_of, not.
   A pattern is that of *pattern, which moves on when it matches. */
bool match_bytes(const struct node *expected, const uint8_t *bytes, size_t size,
                 struct pattern *pattern);

#endif
