/* SPDX-License-Identifier: MIT */
/*
 * A choice: whether a fault, by what it selects beyond its point, is about a wrapped call. Any
 * thread, any signal handler.
 */
#ifndef SOCKPROOF_PRELOAD_CHOICE_H
#define SOCKPROOF_PRELOAD_CHOICE_H

#include "preload/selector.h"
#include "preload/wrapped.h"

/* True when the selector is about this call. errno may change. */
bool choice_selects(const struct wrapped *wrapped, const struct selector *selector);
/* True when a descriptor that a poll or a select waits for is one of those. selector is handed to
   is. */
bool choice_any_waited(const struct wrapped *wrapped, const struct selector *selector,
                       bool (*is)(const struct selector *selector, int fd));

#endif
