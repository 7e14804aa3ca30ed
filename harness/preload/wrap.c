/* SPDX-License-Identifier: MIT */
#include "preload/wrapper.h"

#include "preload/entry.h"
#include "preload/figures.h"
#include "preload/intercept.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/rearm.h"
#include "preload/wrapkind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Theory of operation. Each wrapper is made from its line in call.def. It is one jump through a
 * pointer: to the library's own function when there is nothing to watch, else to the interception.
 * There its kind, read as a macro, says what the call is about, with the addresses of the wrapper's
 * own parameters, so that what is moved can be cut; then the real function is called with them, and
 * the interception has the last word.
 */
#define CALL(symbol, at, kind, result, parameters, arguments)                                      \
    static result watched_##symbol parameters                                                      \
    {                                                                                              \
        if (!intercept_on)                                                                         \
            return REAL(symbol) arguments;                                                         \
        struct wrapped wrapped = {.meeting.point = POINT_##at, WRAPPED_INIT_##kind};               \
        result outcome = (result)0;                                                                \
        if (intercept_enter(&wrapped))                                                             \
            outcome = REAL(symbol) arguments;                                                      \
        return (result)intercept_leave(&wrapped, (intptr_t)outcome);                               \
    }                                                                                              \
    static result(*next_##symbol) parameters = watched_##symbol;                                   \
    result wrap_##symbol parameters                                                                \
    {                                                                                              \
        return next_##symbol arguments;                                                            \
    }
#include "preload/call.def"

void wrap_straight(void)
{
#define CALL(symbol, ...) next_##symbol = REAL(symbol);
#include "preload/call.def"
}

void wrap_closefrom(int first)
{
    if (intercept_noting)
        descriptor_forget((unsigned)(first > 0 ? first : 0), ~0U);
    REAL(closefrom)(first);
}

struct beginning {
    void *(*start)(void *);
    void *argument;
    char name[LINEAGE];
};

static void *begin(void *argument)
{
    struct beginning beginning = *(struct beginning *)argument;
    free(argument);
    lineage_name(beginning.name);
    return beginning.start(beginning.argument);
}

int wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                        void *argument)
{
    struct beginning *beginning = intercept_noting ? malloc(sizeof *beginning) : NULL;
    if (beginning == NULL)
        return REAL(pthread_create)(thread, attributes, start, argument);
    *beginning = (struct beginning){.start = start, .argument = argument};
    lineage_child(beginning->name);
    int error = REAL(pthread_create)(thread, attributes, begin, beginning);
    if (error != 0)
        free(beginning);
    return error;
}

FILE *wrap_fdopen(int fd, const char *mode)
{
    struct control_record record = {.kind = RECORD_STREAM, .fd = fd};
    if (intercept_noting && descriptor_find(fd) != NULL)
        entry_write(&record);
    return REAL(fdopen)(fd, mode);
}
