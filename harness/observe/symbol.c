/* SPDX-License-Identifier: MIT */
#include "observe/symbol.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

json_t *symbol_flags(enum constant_group group, int64_t bits)
{
    json_t *names = json_array();
    int64_t rest = bits;
    for (const struct constant *one = constant_table(); one->name != NULL; one++) {
        /* One bit at a time; a name that doubles another's bit is not said twice. */
        bool single = one->value > 0 && (one->value & (one->value - 1)) == 0;
        if (one->group == group && single && (rest & one->value) != 0) {
            json_array_append_new(names, json_string(one->name));
            rest &= ~one->value;
        }
    }
    if (rest != 0)
        json_array_append_new(names, json_sprintf("0x%llx", (unsigned long long)rest));
    return names;
}

json_t *symbol_name(enum constant_group group, int64_t value)
{
    const char *name = constant_name(group, value);
    return name != NULL ? json_string(name) : json_integer(value);
}

const char *symbol_signal(int number, char out[SYMBOL_SIGNAL])
{
    const char *name = sigabbrev_np(number);
    if (name != NULL)
        snprintf(out, SYMBOL_SIGNAL, "SIG%s", name);
    else
        snprintf(out, SYMBOL_SIGNAL, "SIGRTMIN+%d", number - SIGRTMIN);
    return out;
}
