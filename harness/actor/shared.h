/* SPDX-License-Identifier: MIT */
/*
 * Shared memory of one worker and its actors: call slots, the data that calls send and
 * receive, the fault plan, and the counts of caught signals.
 *
 * The worker allocates; actors fill what they were told to fill. Synchronisation is the
 * control socket: a slot belongs to the actor from the moment its number was sent until the
 * number comes back. Only the signal counters are touched at any time, and they are atomic. What
 * the worker goes by when it allocates lies in a mapping of its own, of which an actor has a copy.
 */
#ifndef SOCKPROOF_ACTOR_SHARED_H
#define SOCKPROOF_ACTOR_SHARED_H

#include "actor/idle.h"
#include "base/lack.h"
#include "case/limit.h"
#include "fault/plan.h"
#include "observe/pattern.h"
#include "stack/sctp.h"
#include "verb/arguments.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define SLOT_MAX 64 /* calls of one case that may be open at once, and a few */
#define FIRING_MAX 64
#define SIGNAL_MAX 65
/* Control data of another machine may be longer here: room for it is so many times what is asked.
 */
#define CONTROL_GROWS 2
/* What one event of epoll takes on any machine; here it may be less. */
#define EVENT_ROOM 16
#ifndef MSG_NOTIFICATION
#define MSG_NOTIFICATION 0x8000 /* linux/socket.h */
#endif

struct firing {
    uint32_t fault;   /* index in the plan */
    uint32_t ordinal; /* of the underlying calls within this step, from 1 */
};

/* One call: what is asked, and what came out. */
struct call {
    enum verb_id verb;
    int step;           /* number of the step, 0 for set-up and clean-up */
    int fd;             /* descriptor in the actor's process, or -1 */
    bool datagram;      /* the socket keeps message boundaries: no cap on it */
    bool started;       /* to be done by a thread of its own */
    int limit_resource; /* RLIMIT_* to lower around the call, or -1 */
    uint64_t limit_value;
    uint64_t without;        /* capabilities to do the call without: bit n stands for number n */
    int asked;               /* MSG_* flags that it is given */
    union verb_in in;        /* of its verb's family */
    struct piece gathered;   /* the bytes of a list, end to end */
    struct piece crafted_to; /* where a crafted packet says that it goes */
    struct piece out;        /* room for received data */
    struct piece out2;       /* room for control data, message boundaries, values */

    struct piece sizes; /* of what is received into several buffers, uint64_t each */
    uint64_t size_count;
    struct piece numbers; /* of received messages, by the ledger, int64_t each */

    /* A stream too long to lie in memory: its bytes are made where they are sent, and compared
       where they arrive. Key 0: none. A sender has a block in out; a receiver a window in out and a
       block in out2. */
    struct pattern made;
    uint64_t agreed; /* received bytes before the first that is not the pattern's */
    uint8_t odd;     /* that one */

    uint32_t each;        /* 0: one socket; else the call is made on each of so many */
    struct piece fds;     /* their descriptors, int32_t; in and out advance by their size */
    struct piece results; /* struct each_result, one a socket */

    _Atomic int tid;            /* of the thread that does it, 0 before it began */
    _Atomic int program, ready; /* of run: its process, 0 before; and whether it can be used */
    bool overfull;              /* of run: its program said too much, and was ended */
    uint64_t unkept[2];         /* of run: bytes of stdout and stderr that out and out2 lack */
    int signal;                 /* of run: the one that ended its program; 0: it ended by itself */
    int64_t result;
    int error;                /* errno when result is -1, or what ended a loop; else 0 */
    uint64_t size;            /* bytes in out */
    uint64_t beyond;          /* of getsockopt: bytes that it tells of beyond the room */
    uint64_t size2;           /* bytes (messages: entries) in out2 */
    uint64_t calls;           /* underlying calls made */
    char point[16];           /* their name, as a fault's; empty: the verb has no such point */
    int flags;                /* msg_flags, revents, or what the verb says */
    struct sctp_receive told; /* of an SCTP message */
    socklen_t from_size;
    struct sockaddr_storage from; /* sender, or peer */
    socklen_t local_size;
    struct sockaddr_storage local;   /* bound address after connect, accept and bind */
    uint64_t began_ns, ended_ns;     /* CLOCK_MONOTONIC, and what virtual time skipped */
    uint32_t began_tick, ended_tick; /* of virtual time */
    uint32_t firing_count;           /* may exceed FIRING_MAX: then only the first are kept */
    struct firing firing[FIRING_MAX];
    bool injected; /* error was injected */
    int lacked;    /* errno of what the actor could not do to make the call; 0: nothing */
};

/* What one of many sockets gave. */
struct each_result {
    int64_t result;
    int error;
    uint64_t size;
    socklen_t from_size, local_size;
    struct sockaddr_storage from, local;
};

enum { WHY_ROOM = 256 };

struct shared {
    uint64_t mark[2]; /* shared_whole() */
    _Atomic int current_step;
    _Atomic uint32_t ticks; /* the virtual clock of stacks in userspace, since the case began */
    _Atomic uint32_t done[ACTOR_MAX]; /* how far each actor's timers have followed it */
    _Atomic uint32_t due[ACTOR_MAX];  /* when each has something to do next, as far as it says so */
    char lack[ACTOR_MAX][LACK_TEXT];  /* why an actor ended itself (lack.h); "": it did not */
    _Atomic uint32_t told[ACTOR_MAX]; /* numbers that each actor has sent back, or is sending */
    _Atomic uint64_t waited_us[ACTOR_MAX]; /* for a processor, by threads of calls that ended */
    _Atomic uint64_t ran_us[ACTOR_MAX];    /* on one, by the same */
    char why[ACTOR_MAX][WHY_ROOM]; /* each actor's stack could not begin; "" while it could */
    /* Of actors that are elsewhere (standin.h): the question after those who sleep, and the answer.
     */
    _Atomic uint32_t asked[ACTOR_MAX], answered[ACTOR_MAX];
    _Atomic uint64_t asleep[ACTOR_MAX]; /* slots whose calls slept then, by bit */
    _Atomic int pid[ACTOR_MAX];         /* of the actor where it is */
    struct idle idle[ACTOR_MAX];
    uint64_t mark_behind_idle;
    struct plan plan;
    uint64_t mark_behind_plan;
    _Atomic uint32_t signals[ACTOR_MAX][SIGNAL_MAX]; /* caught, by actor and number; at 0 all */
    struct call slot[SLOT_MAX];
    uint64_t mark_at_end;
};

/* Maps a region; NULL with errno. It is never unmapped: it dies with the worker. */
struct shared *shared_new(void);
/* True while the marks stand that nobody writes: a stack in an actor's process may write where it
   should not, and what lies here is nobody's word then. */
bool shared_whole(const struct shared *shared);
/* As in the beginning, but for pieces, which stay. No actor may be left. Worker only. */
void shared_mend(struct shared *shared);
/* Gives back all pieces of a case. Worker only. */
void shared_clear(struct shared *shared);
/* A zeroed piece (of fresh or reused memory) of size bytes; {0, 0} when the pieces of the case
   would be more than MEMORY_MAX bytes, errno ENOMEM. Worker only. */
struct piece shared_alloc(struct shared *shared, size_t size);
/* Makes room for a piece that another memory of the same layout has: zeroed, for what is put into
   it next. False when it lies outside of what can be. Relay only. */
bool shared_take(struct shared *shared, struct piece piece);
/* Where a piece lies in this process. */
void *shared_at(struct shared *shared, struct piece piece);

#endif
