/* SPDX-License-Identifier: MIT */
/*
 * A fault of calls that never fired, and why: what its programs did instead, and what of them
 * slipped past the interposer. It is read from the control files of the programs that its actor
 * ran.
 */
#ifndef SOCKPROOF_TRIAL_UNFIRED_H
#define SOCKPROOF_TRIAL_UNFIRED_H

#include "trial/state.h"

#include <jansson.h>

/* Adds to out, an object, "why": sentences, each once; and "slipped": true where calls that the
   fault is about may have gone past it. Nothing where nothing is known, as of a scripted actor. */
void unfired_tell(const struct trial *trial, size_t fault, json_t *out);

#endif
