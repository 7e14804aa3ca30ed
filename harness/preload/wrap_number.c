/* SPDX-License-Identifier: MIT */
/* The wrapper of system calls that are made by number. */
#include "preload/entry.h"
#include "preload/intercept.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Theory of operation. A call by number that is one of the library's functions as well, with the
 * same parameters, goes to that one's wrapper. What only the kernel knows is noted.
 */
static void note(enum record_kind kind, long number)
{
    struct control_record record = {.kind = kind, .fd = -1, .number = number};
    entry_write(&record);
}

#define FD ((int)a)
#define POINTER(word) ((void *)(word))

/* clang-format off */
#define NUMBERS(NUMBER)                                                                            \
    NUMBER(SYS_socket, wrap_socket(FD, (int)b, (int)c))                                            \
    NUMBER(SYS_socketpair, wrap_socketpair(FD, (int)b, (int)c, POINTER(d)))                        \
    NUMBER(SYS_bind, wrap_bind(FD, POINTER(b), (socklen_t)c))                                      \
    NUMBER(SYS_listen, wrap_listen(FD, (int)b))                                                    \
    NUMBER(SYS_accept, wrap_accept(FD, POINTER(b), POINTER(c)))                                    \
    NUMBER(SYS_accept4, wrap_accept4(FD, POINTER(b), POINTER(c), (int)d))                          \
    NUMBER(SYS_connect, wrap_connect(FD, POINTER(b), (socklen_t)c))                                \
    NUMBER(SYS_shutdown, wrap_shutdown(FD, (int)b))                                                \
    NUMBER(SYS_sendto, wrap_sendto(FD, POINTER(b), (size_t)c, (int)d, POINTER(e), (socklen_t)f))   \
    NUMBER(SYS_sendmsg, wrap_sendmsg(FD, POINTER(b), (int)c))                                      \
    NUMBER(SYS_sendmmsg, wrap_sendmmsg(FD, POINTER(b), (unsigned)c, (int)d))                       \
    NUMBER(SYS_recvfrom, wrap_recvfrom(FD, POINTER(b), (size_t)c, (int)d, POINTER(e), POINTER(f))) \
    NUMBER(SYS_recvmsg, wrap_recvmsg(FD, POINTER(b), (int)c))                                      \
    NUMBER(SYS_recvmmsg, wrap_recvmmsg(FD, POINTER(b), (unsigned)c, (int)d, POINTER(e)))           \
    NUMBER(SYS_read, wrap_read(FD, POINTER(b), (size_t)c))                                         \
    NUMBER(SYS_write, wrap_write(FD, POINTER(b), (size_t)c))                                       \
    NUMBER(SYS_readv, wrap_readv(FD, POINTER(b), (int)c))                                          \
    NUMBER(SYS_writev, wrap_writev(FD, POINTER(b), (int)c))                                        \
    NUMBER(SYS_getsockopt, wrap_getsockopt(FD, (int)b, (int)c, POINTER(d), POINTER(e)))            \
    NUMBER(SYS_setsockopt, wrap_setsockopt(FD, (int)b, (int)c, POINTER(d), (socklen_t)e))          \
    NUMBER(SYS_getsockname, wrap_getsockname(FD, POINTER(b), POINTER(c)))                          \
    NUMBER(SYS_getpeername, wrap_getpeername(FD, POINTER(b), POINTER(c)))                          \
    NUMBER(SYS_close, wrap_close(FD))                                                              \
    NUMBER(SYS_close_range, wrap_close_range((unsigned)a, (unsigned)b, (int)c))                    \
    NUMBER(SYS_dup, wrap_dup(FD))                                                                  \
    NUMBER(SYS_dup3, wrap_dup3(FD, (int)b, (int)c))                                                \
    NUMBER(SYS_fcntl, wrap_fcntl(FD, (int)b, POINTER(c)))                                          \
    NUMBER(SYS_epoll_ctl, wrap_epoll_ctl(FD, (int)b, (int)c, POINTER(d)))                          \
    NUMBER(SYS_execve, wrap_execve(POINTER(a), POINTER(b), POINTER(c)))                            \
    NUMBER(SYS_execveat, wrap_execveat(FD, POINTER(b), POINTER(c), POINTER(d), (int)e))

#if defined __x86_64__
#define OLD_NUMBERS(NUMBER)                                                                        \
    NUMBER(SYS_dup2, wrap_dup2(FD, (int)b))                                                        \
    NUMBER(SYS_poll, wrap_poll(POINTER(a), (nfds_t)b, (int)c))                                     \
    NUMBER(SYS_epoll_wait, wrap_epoll_wait(FD, POINTER(b), (int)c, (int)d))                        \
    NUMBER(SYS_fork, wrap__Fork())
#else
#define OLD_NUMBERS(NUMBER)
#endif
/* clang-format on */

/* A fork that the library does not know of: with no memory shared, it is one. */
static long clone_by_number(long number, long a, long b, long c, long d, long e, long f)
{
    bool forks = (a & (CLONE_VM | CLONE_THREAD)) == 0;
    if (forks)
        lineage_forks();
    long result = REAL(syscall)(number, a, b, c, d, e, f);
    if (forks && result == 0)
        lineage_forked();
    return result;
}

static long noted(long number, long a, long b, long c, long d, long e, long f)
{
    if (number == SYS_clone)
        return clone_by_number(number, a, b, c, d, e, f);
    if (number == SYS_io_uring_setup)
        note(RECORD_RING, number);
    else if (number == SYS_io_submit)
        note(RECORD_NUMBER, number);
    else if (number == SYS_seccomp &&
             (a == SECCOMP_SET_MODE_STRICT || a == SECCOMP_SET_MODE_FILTER))
        intercept_confine(a == SECCOMP_SET_MODE_STRICT);
    return REAL(syscall)(number, a, b, c, d, e, f);
}

long wrap_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    if (!intercept_noting)
        return REAL(syscall)(number, a, b, c, d, e, f);
    switch (number) {
#define NUMBER(name, call)                                                                         \
    case name:                                                                                     \
        return (long)call;
        NUMBERS(NUMBER)
        OLD_NUMBERS(NUMBER)
    default:
        return noted(number, a, b, c, d, e, f);
    }
}

int wrap_prctl(int option, long a, long b, long c, long d)
{
    if (intercept_noting && option == PR_SET_SECCOMP)
        intercept_confine(a == SECCOMP_MODE_STRICT);
    return REAL(prctl)(option, a, b, c, d);
}

/* No handler of pthread_atfork runs in it. */
pid_t wrap__Fork(void)
{
    if (intercept_noting)
        lineage_forks();
    pid_t child = REAL(_Fork)();
    if (intercept_noting && child == 0)
        lineage_forked();
    return child;
}
