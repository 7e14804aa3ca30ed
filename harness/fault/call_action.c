/* SPDX-License-Identifier: MIT */
#include "fault/call_action.h"

#include <string.h>

enum { DECIDES, DELAYS };

static const struct {
    const char *word;
    enum action_argument argument;
    bool delays;
} actions[FAULT_COUNT] = {
#define CALL_ACTION(id, word, argument, effect, ...)                                               \
    [FAULT_##id] = {#word, ARGUMENT_##argument, effect},
#include "fault/call_action.def"
};

enum call_action call_action_find(const char *word)
{
    unsigned i = FAULT_NONE + 1;
    while (i < FAULT_COUNT && strcmp(actions[i].word, word) != 0)
        i++;
    return i < FAULT_COUNT ? (enum call_action)i : FAULT_NONE;
}

const char *call_action_word(enum call_action action)
{
    return actions[action].word;
}

enum action_argument call_action_argument(enum call_action action)
{
    return actions[action].argument;
}

bool call_action_delays(enum call_action action)
{
    return actions[action].delays;
}
