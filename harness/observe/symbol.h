/* SPDX-License-Identifier: MIT */
/*
 * Symbols: observed numbers by the names of the C headers, as expectations write them.
 */
#ifndef SOCKPROOF_OBSERVE_SYMBOL_H
#define SOCKPROOF_OBSERVE_SYMBOL_H

#include "case/constant.h"

#include <jansson.h>

/* A bit set as the names of group, "0x…" for bits without a name. New reference. */
json_t *symbol_flags(enum constant_group group, int64_t bits);
/* The name of value in group, or the number itself; 0 is no errno. New reference. */
json_t *symbol_name(enum constant_group group, int64_t value);
#define SYMBOL_SIGNAL 24
/* The name of a signal, "SIGSEGV" or "SIGRTMIN+3", into out, which it returns. */
const char *symbol_signal(int number, char out[SYMBOL_SIGNAL]);

#endif
