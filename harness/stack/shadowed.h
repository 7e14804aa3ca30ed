/* SPDX-License-Identifier: MIT */
/*
 * A library that came with somebody's stack, and whose place another one of that name took because
 * it was in the process before: what is judged then is not what was named.
 */
#ifndef SOCKPROOF_STACK_SHADOWED_H
#define SOCKPROOF_STACK_SHADOWED_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the object behind a handle of dlopen(3), or one that was loaded with it, has a library of
   its own (DT_RUNPATH, DT_RPATH) that was not loaded, as one of that name was there (ld.so(8)).
   Then *why, of size bytes, says which and what to do. A need that is no file there is the
   loader's. */
bool shadowed(void *library, char *why, size_t size);

#endif
