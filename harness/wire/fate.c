/* SPDX-License-Identifier: MIT */
#include "wire/fate.h"

const char *fate_name(enum fate fate)
{
    static const char *const names[FATE_COUNT] = {
        [FATE_PASSED] = "passed",
        [FATE_HELD] = "held",
        [FATE_INJECTED] = "injected",
        [FATE_ABSORBED] = "absorbed",
#define WIRE_ACTION(id, word, fate, fated, ...) [FATE_##fate] = #fated,
#include "fault/wire_action.def"
    };
    return names[fate];
}
