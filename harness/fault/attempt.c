/* SPDX-License-Identifier: MIT */
#include "fault/attempt.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#define FAIL(error)                                                                                \
    {                                                                                              \
        FAULT_ERRNO, error, #error                                                                 \
    }
#define ONE_BYTE                                                                                   \
    {                                                                                              \
        FAULT_CAP, 1, "1"                                                                          \
    }
#define DEAD                                                                                       \
    {                                                                                              \
        FAULT_RESET, 0, NULL                                                                       \
    }
#define ENDED                                                                                      \
    {                                                                                              \
        FAULT_EOF, 0, NULL                                                                         \
    }
#define ATTEMPTS(id, ...)                                                                          \
    static const struct attempt id[ATTEMPT_MAX] = {__VA_ARGS__, {FAULT_NONE, 0, NULL}};

ATTEMPTS(receiving, FAIL(EINTR), FAIL(EAGAIN), ONE_BYTE, DEAD, ENDED)
ATTEMPTS(sending, FAIL(EINTR), FAIL(EAGAIN), ONE_BYTE, DEAD, FAIL(EPIPE))
ATTEMPTS(connecting, FAIL(EINTR), FAIL(ECONNREFUSED), FAIL(ETIMEDOUT))
ATTEMPTS(accepting, FAIL(EINTR), FAIL(ECONNABORTED), FAIL(EMFILE))
ATTEMPTS(making, FAIL(EMFILE))
ATTEMPTS(binding, FAIL(EADDRINUSE))
ATTEMPTS(interrupted, FAIL(EINTR))
ATTEMPTS(naming, FAIL(EAGAIN), FAIL(ENOENT))
ATTEMPTS(message, FAIL(EINTR), FAIL(EAGAIN))
static const struct attempt nothing[] = {{FAULT_NONE, 0, NULL}};

const struct attempt *attempt_at(enum point point)
{
    static const struct attempt *const by_group[GROUP_POINTS] = {[GROUP_none] = nothing,
                                                                 [GROUP_receive] = receiving,
                                                                 [GROUP_transmit] = sending,
                                                                 [GROUP_wait] = interrupted,
                                                                 [GROUP_name] = naming};
    static const struct attempt *const by_point[POINT_COUNT] = {
        [POINT_connect] = connecting, [POINT_accept] = accepting,    [POINT_socket] = making,
        [POINT_socketpair] = making,  [POINT_bind] = binding,        [POINT_listen] = binding,
        [POINT_dup] = making,         [POINT_epoll_create] = making, [POINT_sctp_sendv] = message,
        [POINT_sctp_recvv] = message,
    };
    return by_point[point] != NULL ? by_point[point] : by_group[point_info(point)->group];
}

const char *attempt_text(const struct attempt *attempt, char out[ATTEMPT_TEXT])
{
    snprintf(out, ATTEMPT_TEXT, "%s%s%s", call_action_word(attempt->action),
             attempt->behind != NULL ? " " : "", attempt->behind != NULL ? attempt->behind : "");
    return out;
}
