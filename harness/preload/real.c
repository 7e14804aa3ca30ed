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

typedef void *find_function(void *handle, const char *name);

/* The library's own dlsym, which we stand before. It is found by its version: that of now, and
   those of the first library of each machine. */
static find_function *find_by_version(void)
{
    static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.2.5", "GLIBC_2.17"};
    union {
        void *object;
        find_function *function;
    } found = {.object = NULL};
    for (size_t i = 0; i < sizeof versions / sizeof *versions && found.object == NULL; i++)
        found.object = dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    return found.function;
}

real_function real_find(enum symbol symbol)
{
    static find_function *find;
    find = find != NULL ? find : find_by_version();
    /* POSIX lets dlsym's pointer be a function; ISO C has no cast for it. */
    union {
        void *object;
        real_function function;
    } found = {.object = find(RTLD_NEXT, names[symbol])};
    real_found[symbol] = found.function;
    return found.function;
}

void real_open(void)
{
    for (int i = 0; i < SYMBOL_COUNT; i++)
        real_find((enum symbol)i);
}
