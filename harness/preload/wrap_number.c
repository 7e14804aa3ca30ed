/* SPDX-License-Identifier: MIT */
/* The wrapper of system calls that are made by number. */
#include "preload/entry.h"
#include "preload/intercept.h"
#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/wrapkind.h"
#include "preload/wrapper.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Theory of operation. A call by number that is one of the library's functions as well, with the
 * same parameters, goes to that one's wrapper. One that the kernel takes otherwise than the library
 * (masks with their size, times that it writes back) is intercepted here, and made by its number as
 * it came. What hands the kernel work for later is noted. vfork(2) by number cannot be followed:
 * its child would come back through our frame before its parent does; it is let be, as in the
 * library.
 */
static void note(enum record_kind kind, long number)
{
    struct control_record record = {.kind = kind, .fd = -1, .number = number};
    entry_write(&record);
}

#define FD ((int)a)
#define POINTER(word) ((void *)(word))

/* What waits, as the kernel takes it. */
#define WAIT(symbol, at, kind)                                                                     \
    static long number_##symbol(long a, long b, long c, long d, long e, long f)                    \
    {                                                                                              \
        struct wrapped wrapped = {.meeting.point = POINT_##at, WRAPPED_INIT_##kind};               \
        long outcome = 0;                                                                          \
        if (!intercept_on)                                                                         \
            return REAL(syscall)(SYS_##symbol, a, b, c, d, e, f);                                  \
        if (intercept_enter(&wrapped))                                                             \
            outcome = REAL(syscall)(SYS_##symbol, a, b, c, d, e, f);                               \
        return (long)intercept_leave(&wrapped, outcome);                                           \
    }
WAIT(ppoll, poll, POLL(POINTER(a), (nfds_t)b, !no_time(POINTER(c))))
WAIT(pselect6, select, SELECT((int)a, POINTER(b), POINTER(c), POINTER(d), !no_time(POINTER(e))))
WAIT(epoll_pwait, epoll_wait, EPOLL(FD, (int)d != 0))
WAIT(epoll_pwait2, epoll_wait, EPOLL(FD, !no_time(POINTER(d))))

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
    NUMBER(SYS_ioctl, wrap_ioctl(FD, (unsigned long)b, POINTER(c)))                                \
    NUMBER(SYS_sendfile, wrap_sendfile(FD, (int)b, POINTER(c), (size_t)d))                         \
    NUMBER(SYS_splice, wrap_splice(FD, POINTER(b), (int)c, POINTER(d), (size_t)e, (unsigned)f))    \
    NUMBER(SYS_preadv2, wrap_preadv2(FD, POINTER(b), (int)c, (off_t)d, (int)f))                    \
    NUMBER(SYS_pwritev2, wrap_pwritev2(FD, POINTER(b), (int)c, (off_t)d, (int)f))                  \
    NUMBER(SYS_ppoll, number_ppoll(a, b, c, d, e, f))                                              \
    NUMBER(SYS_pselect6, number_pselect6(a, b, c, d, e, f))                                        \
    NUMBER(SYS_epoll_create1, wrap_epoll_create1((int)a))                                          \
    NUMBER(SYS_epoll_ctl, wrap_epoll_ctl(FD, (int)b, (int)c, POINTER(d)))                          \
    NUMBER(SYS_epoll_pwait, number_epoll_pwait(a, b, c, d, e, f))                                  \
    NUMBER(SYS_epoll_pwait2, number_epoll_pwait2(a, b, c, d, e, f))                                \
    NUMBER(SYS_prctl, wrap_prctl((int)a, b, c, d, e))                                              \
    NUMBER(SYS_execve, wrap_execve(POINTER(a), POINTER(b), POINTER(c)))                            \
    NUMBER(SYS_execveat, wrap_execveat(FD, POINTER(b), POINTER(c), POINTER(d), (int)e))            \
    NUMBER(SYS_wait4, wrap_wait4((pid_t)a, POINTER(b), (int)c, POINTER(d)))

#if defined __x86_64__
#define OLD_NUMBERS(NUMBER)                                                                        \
    NUMBER(SYS_dup2, wrap_dup2(FD, (int)b))                                                        \
    NUMBER(SYS_poll, wrap_poll(POINTER(a), (nfds_t)b, (int)c))                                     \
    NUMBER(SYS_select, wrap_select((int)a, POINTER(b), POINTER(c), POINTER(d), POINTER(e)))        \
    NUMBER(SYS_epoll_create, wrap_epoll_create((int)a))                                            \
    NUMBER(SYS_epoll_wait, wrap_epoll_wait(FD, POINTER(b), (int)c, (int)d))                        \
    NUMBER(SYS_fork, wrap__Fork())
#else
#define OLD_NUMBERS(NUMBER)
#endif
/* clang-format on */

/* What clone(2) and clone3(2) are told to share. */
static uint64_t clone_flags(long number, long a, long size)
{
    uint64_t flags = (uint64_t)a;
    if (number == SYS_clone3 && a != 0 && size >= (long)sizeof flags)
        memcpy(&flags, POINTER(a), sizeof flags); /* the first member of struct clone_args */
    return flags;
}

/* A fork that the library does not know of: with no memory shared, it is one. */
static long clone_by_number(long number, long a, long b, long c, long d, long e, long f)
{
    bool forks = (clone_flags(number, a, b) & (CLONE_VM | CLONE_THREAD)) == 0;
    if (forks)
        lineage_forks();
    long result = REAL(syscall)(number, a, b, c, d, e, f);
    if (forks && result == 0)
        lineage_forked();
    return result;
}

/* The kernel's has a parameter more than the library's. */
static long waitid_by_number(long a, long b, long c, long d, long e)
{
    siginfo_t own = {.si_pid = 0}, *told = c != 0 ? POINTER(c) : &own;
    long result = REAL(syscall)(SYS_waitid, a, b, (long)told, d, e, 0);
    if (result == 0)
        entry_waited(told, (int)d);
    return result;
}

/* Whether seccomp(2) has done it: of threads that it could not bring along it tells one, above 0;
   otherwise that is the descriptor of a listener. */
static bool confined(long flags, long result)
{
    return result == 0 || (result > 0 && (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0);
}

static long confine_by_number(long number, long a, long b, long c, long d, long e, long f)
{
    struct control_record record = {.kind = RECORD_CONFINED, .fd = -1};
    bool confines = a == SECCOMP_SET_MODE_STRICT || a == SECCOMP_SET_MODE_FILTER;
    if (confines)
        entry_prepare(&record);
    long result = REAL(syscall)(number, a, b, c, d, e, f);
    if (confines && confined(b, result))
        intercept_confined(&record, a == SECCOMP_SET_MODE_STRICT);
    return result;
}

static long noted(long number, long a, long b, long c, long d, long e, long f)
{
    if (number == SYS_clone || number == SYS_clone3)
        return clone_by_number(number, a, b, c, d, e, f);
    if (number == SYS_seccomp)
        return confine_by_number(number, a, b, c, d, e, f);
    if (number == SYS_waitid)
        return waitid_by_number(a, b, c, d, e);
    if (number == SYS_io_uring_setup)
        note(RECORD_RING, number);
    else if (number == SYS_io_submit)
        note(RECORD_NUMBER, number);
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
    struct control_record record = {.kind = RECORD_CONFINED, .fd = -1};
    bool confines = intercept_noting && option == PR_SET_SECCOMP;
    if (confines)
        entry_prepare(&record);
    int result = REAL(prctl)(option, a, b, c, d);
    if (confines && result == 0)
        intercept_confined(&record, a == SECCOMP_MODE_STRICT);
    return result;
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
