/* SPDX-License-Identifier: MIT */
/*
 * Legible: what somebody else wrote, as a text that may stand in a record. JSON is UTF-8, and one
 * byte that is none would cost the whole of what it is said in.
 */
#ifndef SOCKPROOF_BASE_LEGIBLE_H
#define SOCKPROOF_BASE_LEGIBLE_H

#include <stddef.h>

/* Puts a '?' in the place of each byte of a text that is no UTF-8 (RFC 3629) or shows nothing, and
   takes off what a cut has left of its last character. */
void legible_make(char *text);
/* Copies a text that others may write to meanwhile, of at most room bytes and maybe without an end,
   into to, of size bytes (not 0), cut at its end, and makes it legible. */
void legible_copy(char *to, size_t size, const char *from, size_t room);

#endif
