/* SPDX-License-Identifier: MIT */
/*
 * The actions at a call: the table in call_action.def as data. Plain constants, any thread, any
 * signal handler.
 */
#ifndef SOCKPROOF_FAULT_CALL_ACTION_H
#define SOCKPROOF_FAULT_CALL_ACTION_H

#include <stdbool.h>

enum call_action {
    FAULT_NONE, /* nothing fires here */
#define CALL_ACTION(id, ...) FAULT_##id,
#include "fault/call_action.def"
    FAULT_COUNT
};

enum action_argument { ARGUMENT_NONE, ARGUMENT_ERRNO, ARGUMENT_SIZE, ARGUMENT_TIME };

/* The action of that word, or FAULT_NONE. */
enum call_action call_action_find(const char *word);
/* "errno", …; static storage. Not of FAULT_NONE. */
const char *call_action_word(enum call_action action);
/* What stands behind its word. */
enum action_argument call_action_argument(enum call_action action);
/* True for one that makes the call begin later, and leaves open what becomes of it. */
bool call_action_delays(enum call_action action);

#endif
