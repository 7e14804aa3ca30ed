/* SPDX-License-Identifier: MIT */
#include "fault/wire_action.h"

#include <string.h>

const char *const wire_action_words[] = {
#define WIRE_ACTION(id, word, ...) #word,
#include "fault/wire_action.def"
    NULL};

enum wire_action wire_action_find(const char *word)
{
    unsigned i = 0;
    while (wire_action_words[i] != NULL && strcmp(wire_action_words[i], word) != 0)
        i++;
    return wire_action_words[i] != NULL ? (enum wire_action)(i + 1) : WIRE_PASS;
}

bool wire_action_loses(enum wire_action action)
{
    enum { KEEPS, LOSES };
    static const bool loses[WIRE_COUNT] = {
#define WIRE_ACTION(id, word, fate, fated, when, how, ...) [WIRE_##id] = how,
#include "fault/wire_action.def"
    };
    return loses[action];
}
