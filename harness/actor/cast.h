/* SPDX-License-Identifier: MIT */
/*
 * The cast: the actor processes of one worker. They are made when a case first names them and
 * stay for the cases that follow. Single-threaded: the worker's one thread calls all of this.
 */
#ifndef SOCKPROOF_ACTOR_CAST_H
#define SOCKPROOF_ACTOR_CAST_H

#include "actor/shared.h"
#include "base/starved.h"
#include "packet/packet.h"
#include "stack/stack.h"

#include <sys/types.h>

#define NAME_MAX_ACTOR 32

struct actor;

struct member {
    char name[NAME_MAX_ACTOR];
    enum side side;
    pid_t pid; /* 0: not running */
    int control;
    int starved;            /* starved.h, of its process */
    uint32_t taken;         /* numbers received from it, of those that it told */
    bool worn;              /* changed in a way that the next case must not inherit */
    bool named;             /* by the case that runs */
    int status;             /* of waitpid(2), once it has ended by itself */
    bool hung_up;           /* it lived on when its socket was closed, and was ended for that */
    char *lack;             /* in shared memory; NULL: it never ran */
    char lacked[LACK_TEXT]; /* what stood there once it had ended */
    int words;              /* where a stack of somebody's prints to (lastwords.h); -1: nowhere */
    bool leads;             /* a process group of its own, which ends with it */
    char said[160];         /* its last words, once it has ended */
};

struct cast {
    struct shared *shared;
    const struct stack *stack;
    uint16_t udp_port;             /* of SCTP in UDP for members that are made from now on, or 0 */
    uint64_t seed;                 /* of what a stack in userspace leaves to chance */
    const int *netns;              /* by side, or NULL: the namespace as it is */
    struct in6_addr (*address)[2]; /* by side: what a stack with its own answers for */
    void (*serve)(struct actor *actor);
    int ends;    /* of children that cast_shrank has told of, and their stops */
    bool halted; /* one was, since cast_stopped was asked last */
    int count;
    struct member member[ACTOR_MAX];
};

/* An empty cast; from now on the process takes SIGCHLD. serve is what the process of a member does
 * for as long as it lives (actor_serve).
 */
void cast_begin(struct cast *cast, struct shared *shared, const struct stack *stack,
                const int *netns, void (*serve)(struct actor *actor));
/* The member called name, running; made when it is not, in the place of one that the case has not
   named when the cast is full. NULL with errno (ENOSPC: the case names too many). */
struct member *cast_member(struct cast *cast, const char *name);
/* The process of the member called name, or 0 when none runs. */
pid_t cast_running(struct cast *cast, const char *name);
/* Whether a process is that of a member of the cast (struct cast). */
bool cast_has(const void *cast, pid_t pid);
/* Its number, the row of its signals. */
int cast_index(const struct cast *cast, const struct member *member);
/* Sends an order or a slot number. 0, or -1 with errno (EPIPE: the process is gone). */
int cast_send(const struct member *member, int order);
/* Receives a number if one waits: 1; 0 when none; -1 when the process has ended (status set). */
int cast_receive(struct member *member, int *number);
/* What it lacked when it ended itself, or what the worker lacked to hear it; "": neither. */
const char *cast_lack(const struct member *member);
/* A running member has told more than was received: true costs no system call to find out, and
   cast_receive may still give 0 while the number is on its way. Says nothing of a process's end. */
bool cast_tells(const struct cast *cast, const struct member *member);
/* True when a member has been stopped or continued by a signal since this was asked last. */
bool cast_stopped(struct cast *cast);
/* The signal that has stopped a member, which stands still; 0: none. */
int cast_halted(struct cast *cast, const struct member *member);
/* Whether some child of the process has ended, or was stopped, since this was last asked: a look at
   the members says whether it was one of them. */
bool cast_shrank(struct cast *cast);
/* Ends a member for good: SIGKILL, waited for. */
void cast_kill(struct member *member);
/* Whether somebody killed a member (SIGKILL), if only just now, or it ended itself for what it
   lacked. Takes its status then. */
bool cast_killed(struct member *member);
/* The case is over: ends every member that is worn; the others stay, and nobody is named. */
void cast_tidy(struct cast *cast);
/* Ends all. */
void cast_end(struct cast *cast);

#endif
