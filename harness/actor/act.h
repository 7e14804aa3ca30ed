/*
 * An act: carrying out one call in the actor's process, with the faults that meet it.
 */
#ifndef SOCKPROOF_ACTOR_ACT_H
#define SOCKPROOF_ACTOR_ACT_H

#include "actor/actor.h"
#include "actor/gate.h"

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

/* The memory of argument i, and its number. */
void *act_bytes(const struct act *act, int i);
int64_t act_number(const struct act *act, int i);

/* The verbs, each in the file of its kind; result and errno as the call's man page. */
#define VERB(name, ...) int64_t do_##name(struct act *act);
#include "verb/verb.def"
#undef VERB

#endif
