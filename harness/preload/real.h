/* SPDX-License-Identifier: MIT */
/*
 * The C library's own functions behind the names that the interposer takes. Found once, before
 * main; a call that comes earlier, from the constructor of a library, finds its own.
 */
#ifndef SOCKPROOF_PRELOAD_REAL_H
#define SOCKPROOF_PRELOAD_REAL_H

enum symbol {
#define CALL(symbol, ...) SYMBOL_##symbol,
#define WATCHED(symbol, why) SYMBOL_##symbol,
#include "preload/call.def"
    SYMBOL_COUNT
};

typedef void (*real_function)(void);

extern real_function real_found[SYMBOL_COUNT];

/* Finds every function. Not in a signal handler. */
void real_open(void);
/* The function of that symbol, found now if it was not before. */
real_function real_find(enum symbol symbol);

/* The library's function, with the type of our wrapper of it. */
#define REAL(symbol)                                                                               \
    ((__typeof__(&wrap_##symbol))(__builtin_expect(real_found[SYMBOL_##symbol] != NULL, 1)         \
                                      ? real_found[SYMBOL_##symbol]                                \
                                      : real_find(SYMBOL_##symbol)))

#endif
