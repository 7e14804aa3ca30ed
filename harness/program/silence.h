/* SPDX-License-Identifier: MIT */
/*
 * A silence: why a fault that is about calls of a program never fired. What is said of it is a
 * sentence each, for people; it is read from the control file, into which the programs write.
 */
#ifndef SOCKPROOF_PROGRAM_SILENCE_H
#define SOCKPROOF_PROGRAM_SILENCE_H

#include "preload/control.h"

#include <stdbool.h>
#include <stddef.h>

#define SILENCE_TEXT 512

/* How many records of the kind there are. */
unsigned silence_count(const struct control *control, enum record_kind kind);
/* What became of the calls that the fault of that index is about: "3 calls came there, and it fits
   at none of them", "no call on a socket was seen", …. True when some came there. */
bool silence_of(const struct control *control, size_t fault, char out[SILENCE_TEXT]);
/* Calls tell for all that slipped past the interposer: "the program put stdio on a socket: …",
   "/bin/x is statically linked: its socket calls were not seen". A text lives until tell returns,
   and is UTF-8. */
void silence_slips(const struct control *control, void (*tell)(void *context, const char *text),
                   void *context);

#endif
