/* SPDX-License-Identifier: MIT */
/*
 * The actions of the wire: the table in wire_action.def as data. Plain constants, any thread.
 */
#ifndef SOCKPROOF_FAULT_WIRE_ACTION_H
#define SOCKPROOF_FAULT_WIRE_ACTION_H

#include <stdbool.h>

enum wire_action {
    WIRE_PASS, /* none: the packet goes on as it is */
#define WIRE_ACTION(id, ...) WIRE_##id,
#include "fault/wire_action.def"
    WIRE_COUNT
};

/* The action of that word, or WIRE_PASS. */
enum wire_action wire_action_find(const char *word);
/* True for one that loses a packet which its sender has to send again. */
bool wire_action_loses(enum wire_action action);
/* The words of all actions; NULL terminated, static storage. */
extern const char *const wire_action_words[];

#endif
