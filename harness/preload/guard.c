/* SPDX-License-Identifier: MIT */
#include "preload/guard.h"

#include "preload/lineage.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

/*
 * Theory of operation. Daemons close every descriptor from 3 on before they execute what they are
 * about, one by one, from a list or at once. Each of the library's functions that does so has a
 * stand-in here that steps over ours: to the program they are numbers that nobody has opened. A
 * program that puts one of its own there by dup2 is given the place, and ours moves. The child of a
 * vfork has descriptors of its own in memory that is its parent's: what moves there has moved for
 * the child alone.
 */
static struct handover held = {.control = -1, .object = -1, .path = ""};
static struct handover lent;   /* what the last child that borrowed our memory holds instead */
static _Atomic pid_t borrower; /* that child; 0: none has moved anything */

static struct handover *ours(void)
{
    pid_t child = atomic_load(&borrower);
    return child != 0 && child == getpid() ? &lent : &held;
}

static int (*real_close)(int fd);
static int (*real_close_again)(int fd);
static int (*real_close_range)(unsigned first, unsigned last, int flags);
static void (*real_closefrom)(int first);
static int (*real_dup2)(int fd, int copy);
static int (*real_dup2_again)(int fd, int copy);
static int (*real_dup3)(int fd, int copy, int flags);

static bool is_ours(int fd)
{
    const struct handover *now = ours();
    return fd >= 0 && (fd == now->control || fd == now->object);
}

static int spare(int fd, int (*real)(int))
{
    if (!is_ours(fd))
        return real(fd);
    errno = EBADF;
    return -1;
}

static int spare_close(int fd)
{
    return spare(fd, real_close);
}

static int spare_close_again(int fd)
{
    return spare(fd, real_close_again);
}

static const uint64_t NO_NUMBER = UINT64_C(1) << 32;

/* The lowest of ours from first on; NO_NUMBER: there is none. */
static uint64_t next_ours(uint64_t first)
{
    uint64_t found = NO_NUMBER;
    const int both[] = {ours()->control, ours()->object};
    for (int i = 0; i < 2; i++)
        if (both[i] >= 0 && (uint64_t)both[i] >= first && (uint64_t)both[i] < found)
            found = (uint64_t)both[i];
    return found;
}

static int spare_close_range(unsigned first, unsigned last, int flags)
{
    int result = 0;
    uint64_t from = first;
    for (uint64_t at = next_ours(from); at <= last && from <= last && result == 0;
         at = next_ours(from)) {
        if (at > from)
            result = real_close_range((unsigned)from, (unsigned)at - 1, flags);
        from = at + 1;
    }
    if (result == 0 && (from <= last || first > last))
        result = real_close_range((unsigned)from, last, flags);
    return result;
}

static void spare_closefrom(int first)
{
    uint64_t from = first > 0 ? (uint64_t)first : 0;
    for (uint64_t at = next_ours(from); at < NO_NUMBER; at = next_ours(from)) {
        for (; from < at; from++)
            real_close((int)from);
        from = at + 1;
    }
    real_closefrom((int)from);
}

/* The child of a vfork begins with what its parent holds. */
static struct handover *ours_to_change(void)
{
    if (lineage_borrowed() && ours() == &held) {
        lent = held;
        atomic_store(&borrower, getpid());
    }
    return ours();
}

/* Ours makes room for a descriptor of the program. */
static void make_room(int copy)
{
    if (!is_ours(copy))
        return;
    int other = handover_lend(copy, (handover_control *)REAL(fcntl));
    struct handover *now = other >= 0 ? ours_to_change() : NULL;
    if (now != NULL && copy == now->control)
        now->control = other;
    else if (now != NULL)
        now->object = other;
}

static int spare_dup2(int fd, int copy)
{
    make_room(copy);
    return real_dup2(fd, copy);
}

static int spare_dup2_again(int fd, int copy)
{
    make_room(copy);
    return real_dup2_again(fd, copy);
}

static int spare_dup3(int fd, int copy, int flags)
{
    make_room(copy);
    return real_dup3(fd, copy, flags);
}

#define STAND_IN(symbol, kept, stand_in)                                                           \
    do {                                                                                           \
        kept = (__typeof__(kept))REAL(symbol);                                                     \
        if (kept != NULL)                                                                          \
            real_found[SYMBOL_##symbol] = (real_function)(stand_in);                               \
    } while (0)

void guard_open(const struct handover *handover)
{
    held = *handover;
    STAND_IN(close, real_close, spare_close);
    STAND_IN(__close, real_close_again, spare_close_again);
    STAND_IN(close_range, real_close_range, spare_close_range);
    STAND_IN(closefrom, real_closefrom, spare_closefrom);
    STAND_IN(dup2, real_dup2, spare_dup2);
    STAND_IN(__dup2, real_dup2_again, spare_dup2_again);
    STAND_IN(dup3, real_dup3, spare_dup3);
}

const struct handover *guard_handover(void)
{
    int kept = errno;
    const struct handover *now = ours();
    const int both[] = {now->control, now->object};
    for (int i = 0; i < 2; i++)
        if (both[i] >= 0)
            REAL(fcntl)(both[i], F_SETFD, NULL);
    errno = kept;
    return now;
}
