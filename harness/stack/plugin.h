/* SPDX-License-Identifier: MIT */
/*
 * A plug-in: somebody's stack in a shared object, which has a table (so:, sockproof/stack.h) or
 * functions with the names of socket calls (preload:, preloaded.h). What it has is asked in a
 * process that ends; each actor loads it for itself, and nobody else does.
 */
#ifndef SOCKPROOF_STACK_PLUGIN_H
#define SOCKPROOF_STACK_PLUGIN_H

#include "stack/stack.h"

#include <stdint.h>

struct plugin {
    struct stack stack;
    const char *way;      /* "so" or "preload" */
    const char *file;     /* absolute */
    const char *argument; /* "" when none was given */
    const char *version;
    uint64_t hash; /* of the file's bytes (base/hash.h) */
    uint32_t speaks;
};

/* Whether the text begins with a way to plug in: "so:" or "preload:", and something behind it. */
bool plugin_is(const char *what);
/* The file that such a text names, up to its comma; size bytes of room. */
void plugin_file(const char *what, char *file, size_t size);
/* The stack called name in what "so:FILE", "so:FILE,ARGUMENT", "preload:FILE" or
   "preload:FILE,prefix=PREFIX" says. NULL with the reason in why, of
   size bytes. Takes at most PLUGIN_ASK_MS. From a process without threads. The caller closes; name
   must live as long. */
struct plugin *plugin_open(const char *name, const char *what, char *why, size_t size);
enum { PLUGIN_ASK_MS = 10000 };
/* Ends it; harmless with NULL. */
void plugin_close(struct plugin *plugin);

#endif
