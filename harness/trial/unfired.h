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

/* Sentences, each once; a new reference, NULL: nothing is known, as of a scripted actor. */
json_t *unfired_why(const struct trial *trial, size_t fault);

#endif
