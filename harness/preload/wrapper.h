/* SPDX-License-Identifier: MIT */
/*
 * The wrappers: what the interposer exports, under the library's own names. Inside, each has a name
 * of its own, so that headers which declare or rewrite the library's do not meet ours.
 */
#ifndef SOCKPROOF_PRELOAD_WRAPPER_H
#define SOCKPROOF_PRELOAD_WRAPPER_H

#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define EXPORTED __attribute__((visibility("default")))

#define CALL(symbol, point, kind, result, parameters, arguments)                                   \
    EXPORTED result wrap_##symbol parameters __asm__(#symbol);
#include "preload/call.def"

EXPORTED int wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                 void *(*start)(void *), void *argument) __asm__("pthread_create");
EXPORTED long wrap_syscall(long number, long a, long b, long c, long d, long e,
                           long f) __asm__("syscall");
EXPORTED int wrap_prctl(int option, long a, long b, long c, long d) __asm__("prctl");
EXPORTED pid_t wrap__Fork(void) __asm__("_Fork");
EXPORTED int wrap_dprintf(int fd, const char *format, ...) __asm__("dprintf");
EXPORTED int wrap_vdprintf(int fd, const char *format, va_list values) __asm__("vdprintf");
EXPORTED int wrap___dprintf_chk(int fd, int flag, const char *format, ...) __asm__("__dprintf_chk");
EXPORTED int wrap___vdprintf_chk(int fd, int flag, const char *format,
                                 va_list values) __asm__("__vdprintf_chk");
EXPORTED void *wrap_dlsym(void *handle, const char *name) __asm__("dlsym");
EXPORTED void *wrap_dlopen(const char *path, int flags) __asm__("dlopen");
EXPORTED void *wrap_dlmopen(Lmid_t space, const char *path, int flags) __asm__("dlmopen");
EXPORTED FILE *wrap_fdopen(int fd, const char *mode) __asm__("fdopen");
EXPORTED void wrap_closefrom(int first) __asm__("closefrom");

EXPORTED int wrap_execve(const char *path, char *const *argv, char *const *envp) __asm__("execve");
EXPORTED int wrap_execv(const char *path, char *const *argv) __asm__("execv");
EXPORTED int wrap_execvp(const char *name, char *const *argv) __asm__("execvp");
EXPORTED int wrap_execvpe(const char *name, char *const *argv,
                          char *const *envp) __asm__("execvpe");
EXPORTED int wrap_fexecve(int fd, char *const *argv, char *const *envp) __asm__("fexecve");
EXPORTED int wrap_execveat(int dirfd, const char *path, char *const *argv, char *const *envp,
                           int flags) __asm__("execveat");
EXPORTED int wrap_execl(const char *path, const char *first, ...) __asm__("execl");
EXPORTED int wrap_execlp(const char *name, const char *first, ...) __asm__("execlp");
EXPORTED int wrap_execle(const char *path, const char *first, ...) __asm__("execle");
EXPORTED int wrap_posix_spawn(pid_t *pid, const char *path,
                              const posix_spawn_file_actions_t *actions,
                              const posix_spawnattr_t *attributes, char *const *argv,
                              char *const *envp) __asm__("posix_spawn");
EXPORTED int wrap_posix_spawnp(pid_t *pid, const char *name,
                               const posix_spawn_file_actions_t *actions,
                               const posix_spawnattr_t *attributes, char *const *argv,
                               char *const *envp) __asm__("posix_spawnp");
EXPORTED int wrap_system(const char *command) __asm__("system");
EXPORTED FILE *wrap_popen(const char *command, const char *mode) __asm__("popen");

EXPORTED pid_t wrap_wait(int *status) __asm__("wait");
EXPORTED pid_t wrap___wait(int *status) __asm__("__wait");
EXPORTED pid_t wrap_waitpid(pid_t pid, int *status, int options) __asm__("waitpid");
EXPORTED pid_t wrap___waitpid(pid_t pid, int *status, int options) __asm__("__waitpid");
EXPORTED pid_t wrap_wait3(int *status, int options, struct rusage *usage) __asm__("wait3");
EXPORTED pid_t wrap_wait4(pid_t pid, int *status, int options,
                          struct rusage *usage) __asm__("wait4");
EXPORTED int wrap_waitid(idtype_t kind, id_t id, siginfo_t *info, int options) __asm__("waitid");
EXPORTED int wrap_pclose(FILE *stream) __asm__("pclose");

/* From now on every wrapper of call.def goes straight to the library's function. Before main. */
void wrap_straight(void);

#endif
