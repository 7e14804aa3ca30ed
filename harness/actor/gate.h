/*
 * The gate: what stands between a verb and the stack. It asks whether a fault of the plan meets the
 * call, and does what that fault does. Any thread, one call a thread at a time.
 */
#ifndef SOCKPROOF_ACTOR_GATE_H
#define SOCKPROOF_ACTOR_GATE_H

#include "fault/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct act;

/* Forgets the chances and bytes of earlier cases. Not thread-safe. */
void act_reset(void);

/* The one gate between a verb and the stack: asks whether a fault meets call name on fd with
   size bytes to move. Returns the action; *size is cut by a cap; for FAULT_ERRNO and FAULT_RESET
   errno is set and the caller returns -1 (having done for real what the fault cannot undo). */
enum fault_action act_gate(struct act *act, const char *name, int fd, size_t *size, int flags);

/* True when the call does not reach the stack: it fails with the errno that act_gate has set. */
bool act_refused(enum fault_action action);

/* True when a fault makes a call that moves nothing fail: errno is set and the caller returns -1.
 */
bool act_refuses(struct act *act, const char *name);

/* send and recv through the gate: what every sending and receiving verb is made of. */
ssize_t act_send(struct act *act, const void *data, size_t size, int flags);
ssize_t act_recv(struct act *act, void *data, size_t size, int flags);

#endif
