/* SPDX-License-Identifier: MIT */
#include "preload/real.h"

#include <dlfcn.h>
#include <stddef.h>

real_function real_found[SYMBOL_COUNT];

static const char *const names[SYMBOL_COUNT] = {
#define CALL(symbol, ...) #symbol,
#define WATCHED(symbol, why) #symbol,
#include "preload/call.def"
};

real_function real_find(enum symbol symbol)
{
    /* POSIX lets dlsym's pointer be a function; ISO C has no cast for it. */
    union {
        void *object;
        real_function function;
    } found = {.object = dlsym(RTLD_NEXT, names[symbol])};
    real_found[symbol] = found.function;
    return found.function;
}

void real_open(void)
{
    for (int i = 0; i < SYMBOL_COUNT; i++)
        real_find((enum symbol)i);
}
