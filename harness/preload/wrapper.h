/*
 * The wrappers: what the interposer exports, under the library's own names. Inside, each has a name
 * of its own, so that headers which declare or rewrite the library's do not meet ours.
 */
#ifndef SOCKPROOF_PRELOAD_WRAPPER_H
#define SOCKPROOF_PRELOAD_WRAPPER_H

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#define EXPORTED __attribute__((visibility("default")))

#define CALL(symbol, point, kind, result, parameters, arguments)                                   \
    EXPORTED result wrap_##symbol parameters __asm__(#symbol);
#include "preload/call.def"

EXPORTED int wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                 void *(*start)(void *), void *argument) __asm__("pthread_create");
EXPORTED long wrap_syscall(long number, long a, long b, long c, long d, long e,
                           long f) __asm__("syscall");
EXPORTED FILE *wrap_fdopen(int fd, const char *mode) __asm__("fdopen");
EXPORTED void wrap_closefrom(int first) __asm__("closefrom");

/* From now on every wrapper of call.def goes straight to the library's function. Before main. */
void wrap_straight(void);

#endif
