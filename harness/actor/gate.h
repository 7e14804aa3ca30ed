/* SPDX-License-Identifier: MIT */
/*
 * The gate: what stands between a verb and the stack. It asks whether faults of the plan meet the
 * call, does what they do (fault/enact.h), and says whether the real call is still to be made.
 *
 *     struct meeting meeting = gate_moving(act, POINT_send, size, flags);
 *     return GATED(act, &meeting, act->stack->send(fd, data, meeting.left, flags));
 *
 * Any thread, one call a thread at a time.
 */
#ifndef SOCKPROOF_ACTOR_GATE_H
#define SOCKPROOF_ACTOR_GATE_H

#include "actor/act.h"
#include "fault/meeting.h"

#include <sys/uio.h>

/* Forgets what became of the sockets of earlier cases; called before a plan is armed, with the
   stack of this process. Not thread-safe. */
void gate_begin(const struct stack *stack);

/* A call at that point on the call's descriptor, that moves nothing. The caller may say more of it:
   whether it waits, whom it connects to, which option it is about. */
struct meeting gate_at(const struct act *act, enum point point);
/* One that asks to move so much: bytes, of KIND_MANY messages. */
struct meeting gate_moving(const struct act *act, enum point point, size_t whole, int flags);
/* True when the real call is to be made, of meeting->left at most. */
bool gate_enter(const struct act *act, struct meeting *meeting);
/* What the call returns, with errno, given what the real one did (anything when it was not made).
 */
int64_t gate_leave(const struct act *act, struct meeting *meeting, int64_t value);
/* Lowers what lies in count buffers to what is left to move. Returns how many of them are used. */
size_t gate_cut(const struct meeting *meeting, struct iovec *iov, size_t count);

/* The real call, an expression, on its way through the gate. */
#define GATED(act, meeting, real)                                                                  \
    gate_leave(act, meeting, gate_enter(act, meeting) ? (int64_t)(real) : -1)

/* send and recv through the gate: what most sending and receiving verbs are made of. */
ssize_t gate_send(const struct act *act, const void *data, size_t size, int flags);
ssize_t gate_recv(const struct act *act, void *data, size_t size, int flags);

#endif
