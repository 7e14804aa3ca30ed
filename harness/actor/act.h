/*
 * An act: carrying out one call in the actor's process, with the faults that meet it.
 */
#ifndef SOCKPROOF_ACTOR_ACT_H
#define SOCKPROOF_ACTOR_ACT_H

#include "actor/actor.h"

/* What a socketpair's two descriptors are before the call: no descriptor, and not -1. */
#define PAIR_MARK (-77)

/* One call being carried out; local to a thread. */
struct act {
    struct actor *actor;
    struct call *call;
    const struct stack *stack;
    uint64_t moved; /* bytes moved by this step's calls so far */
};

/* Does the call and fills in its results. Any thread; one thread per call. */
void act_do(struct actor *actor, struct call *call);

/* Forgets the chances and bytes of earlier cases. Not thread-safe. */
void act_reset(void);

/* The one gate between a verb and the stack: asks whether a fault meets call name on fd with
   size bytes to move. Returns the action; *size is cut by a cap; for FAULT_ERRNO and FAULT_RESET
   errno is set and the caller returns -1 (having done for real what the fault cannot undo). */
enum fault_action act_gate(struct act *act, const char *name, int fd, size_t *size, int flags);

/* True when the call does not reach the stack: it fails with the errno that act_gate has set. */
bool act_refused(enum fault_action action);

/* The memory of argument i, and its number. */
void *act_bytes(const struct act *act, int i);
int64_t act_number(const struct act *act, int i);

/* send and recv through the gate: what every sending and receiving verb is made of. */
ssize_t act_send(struct act *act, const void *data, size_t size, int flags);
ssize_t act_recv(struct act *act, void *data, size_t size, int flags);

/* The verbs, each in the file of its kind; result and errno as the call's man page. */
#define VERB(name, ...) int64_t do_##name(struct act *act);
#include "verb/verb.def"
#undef VERB

#endif
