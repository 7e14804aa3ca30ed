/* SPDX-License-Identifier: MIT */
/* The wrappers of what finds functions and libraries while the program runs. */
#include "preload/entry.h"
#include "preload/intercept.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <dlfcn.h>
#include <string.h>

/*
 * Theory of operation. A function that is looked for in the C library itself, by the library's
 * handle, is the library's and not ours: it is replaced by our wrapper. dlsym and dlopen ask who
 * calls them (RTLD_NEXT is what stands behind the caller, and a library may have a path of its own
 * for others), so that nothing of ours may stand between: what is exported saves the parameters,
 * has itself told where to go on, and jumps there.
 */
typedef void *find_function(void *handle, const char *name);

real_function choose_dlsym(void *handle, const char *name);
real_function choose_dlopen(const char *path, int flags);
real_function choose_dlmopen(Lmid_t space, const char *path, int flags);

#if defined __x86_64__
#define THUNK(symbol)                                                                              \
    __asm__(".pushsection .text\n"                                                                 \
            ".globl " #symbol "\n.type " #symbol ", @function\n" #symbol ":\n"                     \
            "endbr64\npush %rdi\npush %rsi\npush %rdx\n"                                           \
            "call choose_" #symbol "\n"                                                            \
            "pop %rdx\npop %rsi\npop %rdi\njmp *%rax\n"                                            \
            ".size " #symbol ", .-" #symbol "\n.popsection")
#elif defined __aarch64__
#define THUNK(symbol)                                                                              \
    __asm__(".pushsection .text\n"                                                                 \
            ".globl " #symbol "\n.type " #symbol ", %function\n" #symbol ":\n"                     \
            "stp x29, x30, [sp, #-48]!\nstp x0, x1, [sp, #16]\nstr x2, [sp, #32]\n"                \
            "bl choose_" #symbol "\n"                                                              \
            "mov x16, x0\nldr x2, [sp, #32]\nldp x0, x1, [sp, #16]\nldp x29, x30, [sp], #48\n"     \
            "br x16\n.size " #symbol ", .-" #symbol "\n.popsection")
#else
#error "the way from dlsym to the library's own is written for x86-64 and AArch64"
#endif

THUNK(dlsym);
THUNK(dlopen);
THUNK(dlmopen);

static const struct {
    const char *name;
    real_function wrapper;
} wrappers[] = {
#define CALL(symbol, ...) {#symbol, (real_function)wrap_##symbol},
#define WATCHED(symbol, why) {#symbol, (real_function)wrap_##symbol},
#include "preload/call.def"
};

static real_function wrapper_of(const char *name)
{
    real_function found = NULL;
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers && found == NULL; i++)
        if (strcmp(wrappers[i].name, name) == 0)
            found = wrappers[i].wrapper;
    return found;
}

/* What the program finds by a handle; where that is the library's own, ours. */
static void *find_watched(void *handle, const char *name)
{
    find_function *find = (find_function *)real_found[SYMBOL_dlsym];
    union {
        void *object;
        real_function function;
    } found = {.object = find(handle, name)}, own;
    real_function ours = found.object != NULL ? wrapper_of(name) : NULL;
    if (ours == NULL)
        return found.object;
    own.object = find(RTLD_NEXT, name);
    if (own.object == found.object)
        found.function = ours;
    return found.object;
}

static real_function real(enum symbol symbol)
{
    return real_found[symbol] != NULL ? real_found[symbol] : real_find(symbol);
}

/* Where a call of dlsym goes on: the two handles that mean "from here" ask the library itself,
   which finds ours by itself. */
real_function choose_dlsym(void *handle, const char *name)
{
    real_function own = real(SYMBOL_dlsym);
    (void)name;
    return intercept_noting && handle != RTLD_NEXT && handle != RTLD_DEFAULT
               ? (real_function)find_watched
               : own;
}

static void note(enum record_kind kind)
{
    struct control_record record = {.kind = kind, .fd = -1};
    entry_write(&record);
}

real_function choose_dlopen(const char *path, int flags)
{
    if (intercept_noting && (flags & RTLD_DEEPBIND) != 0)
        note(RECORD_APART);
    if (intercept_noting && path != NULL && strstr(path, "liburing.so") != NULL)
        note(RECORD_RING);
    return real(SYMBOL_dlopen);
}

real_function choose_dlmopen(Lmid_t space, const char *path, int flags)
{
    (void)path;
    if (intercept_noting && (space != LM_ID_BASE || (flags & RTLD_DEEPBIND) != 0))
        note(RECORD_APART);
    return real(SYMBOL_dlmopen);
}
