/* SPDX-License-Identifier: MIT */
#include "actor/asleep.h"

#include "base/children.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What no machine calls by this number: not all have every call (accept is none of s390's, poll and
   select none of ARM's of 64 bits), and those of 32 bits have some that the others lack. */
#define NO_CALL (-2)
#ifndef SYS_accept
#define SYS_accept NO_CALL
#endif
#ifndef SYS_poll
#define SYS_poll NO_CALL
#endif
#ifndef SYS_select
#ifdef SYS__newselect
#define SYS_select SYS__newselect
#else
#define SYS_select NO_CALL
#endif
#endif
#ifndef SYS_epoll_wait
#define SYS_epoll_wait NO_CALL
#endif
#ifndef SYS_recv
#define SYS_recv NO_CALL
#endif
#ifndef SYS_send
#define SYS_send NO_CALL
#endif
#ifndef SYS_socketcall
#define SYS_socketcall NO_CALL
#endif

/* Reads a small file of /proc whole into text. False when it is not there. */
static bool slurp(pid_t pid, pid_t tid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/%s", pid, tid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = read(fd, text, size - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

/* The state's letter (proc(5)), or NUL when there is no such thread. */
static char state_of(pid_t pid, pid_t tid)
{
    char text[512];
    if (!slurp(pid, tid, "stat", text, sizeof text))
        return '\0';
    const char *after_name = strrchr(text, ')'); /* the name may hold anything, ')' too */
    if (after_name == NULL || after_name[1] != ' ')
        return '\0';
    return after_name[2];
}

static bool sleeping(pid_t pid, pid_t tid)
{
    return state_of(pid, tid) == 'S';
}

/* Which argument of the call is the descriptor, from 0; -1: poll and select take none. A splice
   into the socket names the pipe first. */
static int descriptor_argument(long number, const struct verb *verb)
{
    int argument = 0;
    if (number == SYS_poll || number == SYS_ppoll || number == SYS_select || number == SYS_pselect6)
        argument = -1;
    else if (number == SYS_splice && verb_has(verb, VERB_SLEEPS_THIRD))
        argument = 2;
    return argument;
}

/* Whether the system numbers its calls as this program does: it tells of the read(2) that asks. An
   emulator of another machine's calls makes the calls of its own, and those are told. */
static bool numbers_alike(void)
{
    static _Atomic int known; /* 0: not asked; 1: it does; -1: it does not */
    char text[256];
    if (known == 0)
        known = !slurp(getpid(), gettid(), "syscall", text, sizeof text) ||
                        strtol(text, NULL, 10) == SYS_read
                    ? 1
                    : -1;
    return known > 0;
}

/* True when the argument of that number, in the text behind the call's own number, is fd. */
static bool argument_is(const char *text, int argument, int fd)
{
    char *end = NULL;
    long value = strtol(text, &end, 16);
    for (int i = 0; i < argument; i++)
        value = strtol(end, &end, 16);
    return value == fd;
}

/* The system calls of each way to sleep, as many as there are. */
enum { CALLS_MAX = 8 };
struct place {
    int count;
    long number[CALLS_MAX];
};

static bool serves(enum sleeps sleeps, long number)
{
    static const struct place places[] = {
        [SLEEPS_NOWHERE] = {0, {0}},
        [SLEEPS_RECEIVE] = {7,
                            {SYS_recvfrom, SYS_recvmsg, SYS_read, SYS_readv, SYS_recvmmsg,
                             SYS_splice, SYS_recv}},
        [SLEEPS_SEND] = {8,
                         {SYS_sendto, SYS_sendmsg, SYS_write, SYS_writev, SYS_sendmmsg,
                          SYS_sendfile, SYS_splice, SYS_send}},
        [SLEEPS_ACCEPT] = {2, {SYS_accept, SYS_accept4}},
        [SLEEPS_CONNECT] = {1, {SYS_connect}},
        [SLEEPS_CLOSE] = {1, {SYS_close}},
        [SLEEPS_SHUTDOWN] = {1, {SYS_shutdown}},
        [SLEEPS_POLL] = {2, {SYS_poll, SYS_ppoll}},
        [SLEEPS_SELECT] = {2, {SYS_select, SYS_pselect6}},
        [SLEEPS_EPOLL] = {2, {SYS_epoll_wait, SYS_epoll_pwait}},
        [SLEEPS_PROGRAM] = {0, {0}}};
    const struct place *place = &places[sleeps];
    bool yes = false;
    for (int i = 0; i < place->count && !yes; i++)
        yes = place->number[i] == number;
    return yes;
}

/* Some kernels (user-mode-linux) do not tell the system call of a process, and under some emulators
   it is another's. Then it is enough that the thread sleeps in the kernel elsewhere than on a
   futex, which is where the C library's own locks sleep: nothing else of an actor's thread does. */
static bool sleeps_in_kernel(pid_t pid, pid_t tid)
{
    char text[128];
    if (!slurp(pid, tid, "wchan", text, sizeof text))
        return errno == ENOENT; /* gVisor tells neither: that it sleeps has to do */
    return text[0] != '0' && strstr(text, "futex") == NULL;
}

bool asleep(pid_t pid, pid_t tid, const struct verb *verb, int fd)
{
    char text[256];
    char *end = NULL;
    if (tid == 0 || !sleeping(pid, tid))
        return false;
    if (!slurp(pid, tid, "syscall", text, sizeof text))
        return errno == ENOENT && sleeps_in_kernel(pid, tid);
    long number = strtol(text, &end, 10);
    if (!numbers_alike() || number == SYS_socketcall) /* which has its arguments elsewhere */
        return sleeps_in_kernel(pid, tid);
    if (end == text || !serves(verb->sleeps, number))
        return false;
    int argument = descriptor_argument(number, verb);
    return argument < 0 || argument_is(end, argument, fd);
}

bool asleep_thread(pid_t pid, pid_t tid)
{
    return sleeping(pid, tid);
}

/* How often the thread has gone to sleep so far, when its state is one of these now; else -1. One
   that a tracer has stopped (t) runs no more than one that sleeps (S). */
static long times_still(pid_t pid, pid_t tid, const char *states)
{
    char text[4096];
    if (!slurp(pid, tid, "status", text, sizeof text))
        return -1;
    const char *state = strstr(text, "\nState:\t");
    const char *count = strstr(text, "\nvoluntary_ctxt_switches:\t");
    bool sleeps = state != NULL && count != NULL && strchr(states, state[8]) != NULL;
    return sleeps ? strtol(count + strlen("\nvoluntary_ctxt_switches:\t"), NULL, 10) : -1;
}

/* A sum over all threads that stays the same only when none of them has run; -1 when one is awake.
 */
static long sum_of_sleeps(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *list = opendir(path);
    const struct dirent *entry = NULL;
    long sum = list != NULL ? 0 : -1;
    while (sum >= 0 && (entry = readdir(list)) != NULL) {
        pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);
        long times = tid > 0 ? times_still(pid, tid, "S") : 0;
        sum = times < 0 ? -1 : sum + times + tid;
    }
    if (list != NULL)
        closedir(list);
    return sum;
}

bool asleep_process(pid_t pid)
{
    long before = sum_of_sleeps(pid);
    return before >= 0 && sum_of_sleeps(pid) == before;
}

/* Whether what was just not read is not there, which errno tells: what cannot be read for another
   reason may well be awake. */
static bool is_gone(void)
{
    return errno == ENOENT || errno == ESRCH;
}

bool asleep_family(pid_t pid)
{
    bool all = asleep_process(pid);
    FILE *list = all ? children_open(pid) : NULL;
    if (list == NULL)
        return all && is_gone();
    for (pid_t child = 0; all && (child = children_next(list)) > 0;) {
        char state = state_of(child, child);
        bool over = state == '\0' ? is_gone() : state == 'Z' || state == 'X';
        all = over || asleep_family(child);
    }
    fclose(list);
    return all;
}

/* --- trees -------------------------------------------------------------------------------------
 */

enum { DEPTH_MAX = 64 };

/* Of a tree that is being looked at: a sum that stays the same only when nothing in it has run, and
   who was found awake. */
struct tree_look {
    long sum;
    pid_t awake; /* 0: nobody */
};

static void look_at_tree(struct tree_look *look, pid_t pid, int depth);

static bool is_over(pid_t pid)
{
    char state = state_of(pid, pid);
    return state == '\0' ? is_gone() : state == 'Z' || state == 'X';
}

static void look_at_children(struct tree_look *look, pid_t pid, pid_t tid, int depth)
{
    FILE *list = children_of(pid, tid);
    if (list == NULL) { /* what cannot be looked at may well be awake */
        look->awake = is_gone() ? 0 : pid;
        return;
    }
    for (pid_t child = 0; look->awake == 0 && (child = children_next(list)) > 0;)
        if (!is_over(child))
            look_at_tree(look, child, depth + 1);
    fclose(list);
}

static void look_at_tree(struct tree_look *look, pid_t pid, int depth)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *list = opendir(path);
    const struct dirent *entry = NULL;
    if (list == NULL || depth > DEPTH_MAX)
        look->awake = pid;
    while (list != NULL && look->awake == 0 && (entry = readdir(list)) != NULL) {
        pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);
        long times = tid > 0 ? times_still(pid, tid, "St") : 0;
        look->sum += times + tid;
        if (times < 0)
            look->awake = pid;
        else if (tid > 0)
            look_at_children(look, pid, tid, depth);
    }
    if (list != NULL)
        closedir(list);
}

pid_t asleep_tree(pid_t pid)
{
    struct tree_look first = {0}, second = {0};
    look_at_tree(&first, pid, 0);
    if (first.awake == 0)
        look_at_tree(&second, pid, 0);
    pid_t awake = first.awake != 0 ? first.awake : second.awake;
    return awake == 0 && first.sum != second.sum ? pid : awake;
}
