/* SPDX-License-Identifier: MIT */
/* The calls that ask a socket about itself and set what it does, told by a liar. */
#include "liar/told.h"
#include "liar/wrappers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>

enum { DESCRIPTORS = 16384 };

/* The last error told of each descriptor, for the lie that never clears it. */
static _Atomic int last_error[DESCRIPTORS];

static void keep_error(int fd, int *value)
{
    unsigned at = (unsigned)fd % DESCRIPTORS;
    if (*value != 0)
        atomic_store(&last_error[at], *value);
    else
        *value = atomic_load(&last_error[at]);
}

static void change_value(int fd, int level, int name, void *value, socklen_t *length)
{
    bool error = level == SOL_SOCKET && name == SO_ERROR;
    int *number = *length == sizeof *number ? value : NULL;
    if (number != NULL && error && liar_tells(CALL_getsockopt, OP_STALE_ERROR))
        keep_error(fd, number);
    if (number != NULL && error && liar_tells(CALL_getsockopt, OP_NO_ERROR))
        *number = 0;
    if (number != NULL && liar_tells(CALL_getsockopt, OP_OFF_BY_ONE))
        ++*number;
    if (value != NULL && liar_tells(CALL_getsockopt, OP_ZERO))
        memset(value, 0, *length);
    if (liar_tells(CALL_getsockopt, OP_WRONG_LENGTH))
        *length /= 2;
}

static int lie_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
    int result = liar_truth->getsockopt(fd, level, name, value, length);
    if (result == 0 && value != NULL && liar_about(CALL_getsockopt))
        change_value(fd, level, name, value, length);
    return (int)liar_result(CALL_getsockopt, result);
}

static bool ignored(int level, int name)
{
    bool one = liar_tells(CALL_setsockopt, OP_IGNORE_ONE) && level == liar_told.level &&
               name == liar_told.option;
    return one || liar_tells(CALL_setsockopt, OP_IGNORE);
}

static int lie_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    int number = 0;
    bool is_number = value != NULL && length == sizeof number;
    if (ignored(level, name))
        return 0;
    if (is_number)
        memcpy(&number, value, sizeof number);
    if (number > 1 && liar_tells(CALL_setsockopt, OP_HALVE))
        number /= 2;
    if ((number == 0 || number == 1) && liar_tells(CALL_setsockopt, OP_INVERT))
        number = 1 - number;
    int result =
        liar_truth->setsockopt(fd, level, name, is_number ? (const void *)&number : value, length);
    return (int)liar_result(CALL_setsockopt, result);
}

/* Whether a descriptor is open is told truly: who closes all of them would never end. */
static int lie_fcntl(int fd, int command, long argument)
{
    if (command == F_GETFD || !liar_about(CALL_fcntl))
        return liar_truth->fcntl(fd, command, argument);
    bool sets = command == F_SETFL || command == F_SETFD || command == F_SETOWN;
    if (sets && liar_tells(CALL_fcntl, OP_IGNORE))
        return 0;
    int result = liar_truth->fcntl(fd, command, argument);
    if (result >= 0 && command == F_GETFL && liar_tells(CALL_fcntl, OP_WRONG_FLAGS))
        result &= ~O_NONBLOCK;
    return (int)liar_result(CALL_fcntl, result);
}

/* All requests that cases make have an int for an argument. */
static int lie_ioctl(int fd, unsigned long request, void *argument)
{
    int *number = argument;
    if (liar_tells(CALL_ioctl, OP_IGNORE))
        return 0;
    int result = liar_truth->ioctl(fd, request, argument);
    if (result == 0 && liar_tells(CALL_ioctl, OP_OFF_BY_ONE))
        ++*number;
    if (result == 0 && liar_tells(CALL_ioctl, OP_ZERO))
        *number = 0;
    return (int)liar_result(CALL_ioctl, result);
}

static int lie_sockatmark(int fd)
{
    int result = liar_truth->sockatmark(fd);
    if (result == 0 && liar_tells(CALL_sockatmark, OP_ALWAYS))
        result = 1;
    if (result == 1 && liar_tells(CALL_sockatmark, OP_NEVER))
        result = 0;
    return (int)liar_result(CALL_sockatmark, result);
}

void liar_fill_options(struct stack *stack)
{
    stack->getsockopt = lie_getsockopt;
    stack->setsockopt = lie_setsockopt;
    stack->fcntl = lie_fcntl;
    stack->ioctl = lie_ioctl;
    stack->sockatmark = lie_sockatmark;
}
