/* SPDX-License-Identifier: MIT */
/*
 * The control file: what the launcher and the programs that it runs share, mapped by each of them.
 *
 * The launcher makes it before the first program starts and reads it once the last has ended; the
 * programs count and log in it. What a program wrote stays there when the program is killed. All
 * that several processes write is atomic.
 */
#ifndef SOCKPROOF_PRELOAD_CONTROL_H
#define SOCKPROOF_PRELOAD_CONTROL_H

#include "fault/plan.h"
#include "preload/selector.h"

#include <stdatomic.h>
#include <stdint.h>

#define CONTROL_VARIABLE "SOCKPROOF_CONTROL" /* what the environment calls it: handover.h */
#define CONTROL_MAGIC 0x736f636b70726635ULL
#define CONTROL_RECORDS 262144
#define CONTROL_PROCESSES 1024
#define CONTROL_REPLAYS 65536
#define CONTROL_ASKED_BITS 20
#define CONTROL_UNSEEN 64
#define UNSEEN_PATH 256
#define PROCESS_NAME 16

enum record_kind {
    RECORD_NONE, /* a writer died between taking the record and filling it */
    RECORD_FIRED,
    RECORD_REACHED,
    RECORD_PROCESS,  /* a program began, or a process was forked */
    RECORD_STREAM,   /* stdio on a socket */
    RECORD_STANDARD, /* a socket for standard input, output or error */
    RECORD_NUMBER,   /* work for later that was given to the kernel by number, io_submit(2) */
    RECORD_RING,     /* io_uring */
    RECORD_TABLE,    /* a descriptor beyond the table */
    RECORD_APART,    /* a library was loaded whose calls do not come to us */
    RECORD_CONFINED, /* a filter of system calls, or strict mode (seccomp(2)) */
    RECORD_DIED      /* a signal ended a process below the program: of that are pid and process, or,
                        where it is not known, 0 and who waited for it; number is the signal */
};

/* One event of a program. */
struct control_record {
    _Atomic uint32_t kind; /* enum record_kind, written last */
    int32_t pid, tid, fd;
    uint16_t point; /* enum point */
    uint16_t fault; /* index in the plan */
    uint16_t
        fits; /* of RECORD_REACHED: bit i, the point's i-th attempt (fault/attempt.h) fits here */
    uint16_t stream;
    uint32_t timed; /* of RECORD_FIRED: its EAGAIN says that the time of the socket is over */
    uint64_t at_ns; /* CLOCK_MONOTONIC */
    uint64_t identity, counter;
    int64_t number; /* bytes asked for; of a connect its peer (remote.h), of RECORD_NUMBER the
                       call's, of RECORD_DIED the signal */
    char process[LINEAGE], thread[LINEAGE];
};

/* Who a process is: where it stands in the tree of forks below the first program. */
struct control_process {
    _Atomic int32_t pid; /* 0: free */
    _Atomic uint32_t children;
    char lineage[LINEAGE];
    char name[PROCESS_NAME]; /* of what it executed last */
};

/* Why nothing is seen of what a program executed. */
enum unseen_why {
    UNSEEN_NOT, /* the row is free, or not written yet, or it was not executed after all */
    UNSEEN_STATIC,
    UNSEEN_GO,
    UNSEEN_IDENTITY,
    UNSEEN_CLASS,
    UNSEEN_ENVIRONMENT,
    UNSEEN_REACH,
    UNSEEN_LIBRARY,
    UNSEEN_COUNT
};

struct control_unseen {
    _Atomic uint32_t why; /* enum unseen_why, written last */
    char process[LINEAGE];
    uint64_t at_ns;
    char path[UNSEEN_PATH];
};

/* One firing that a log lists. In a stream it is known by the byte before which it came, however
   the calls, or the packets, were cut: counter is one of control_counter then. */
struct control_replay {
    uint64_t identity;
    uint64_t counter;
    uint32_t fault; /* index in the plan */
};

struct control {
    uint64_t magic;
    uint64_t size;           /* of the file */
    bool watching;           /* calls are judged or counted; else they go straight to the library */
    bool recording;          /* every chance is logged */
    bool lenient;            /* errors that POSIX allows, at any time; else what Linux can do */
    bool replaying;          /* the listed chances fire, and no others */
    char actor[FAULT_ACTOR]; /* whose calls these are, as the plan says it: "program" */
    struct plan plan;
    struct selector select[FAULT_MAX]; /* the calls that each fault is about */
    uint64_t replay_count;
    struct control_replay replay[CONTROL_REPLAYS]; /* sorted */
    _Atomic uint64_t hits[POINT_COUNT];
    _Atomic uint32_t orphans; /* processes whose parent is not known */
    struct control_process process[CONTROL_PROCESSES];
    _Atomic uint32_t unseen_used; /* rows taken; those beyond CONTROL_UNSEEN were lost */
    struct control_unseen unseen[CONTROL_UNSEEN];
    _Atomic uint64_t used; /* records taken; those beyond CONTROL_RECORDS were lost */
    struct control_record record[CONTROL_RECORDS];
};

/* Why, as what is said of a program: "is statically linked"; NULL for UNSEEN_NOT. Static storage.
 */
const char *control_unseen_text(enum unseen_why why);
/* Adds a record, or counts it as lost. Any thread, any signal handler. */
void control_put(struct control *control, const struct control_record *record);
/* The row of a process, which outlives it; NULL: there is none. Any thread, any signal handler. */
struct control_process *control_process_of(struct control *control, int32_t pid);
/* Adds that a signal ended the process; pid 0: who it was is not known. waited: the record of who
   waited for it, prepared; what is known of the dead stands in place of that. Any thread, any
   signal handler. */
void control_put_death(struct control *control, struct control_record waited, int32_t pid,
                       int number);
/* How many records can be read. */
uint64_t control_kept(const struct control *control);
/* What the record says of a process that crashed: the signal, one that a program's own mistake or
   abort(3) brings about (signal(7)), and that no record before tells of the same; 0: none. */
int control_crash(const struct control *control, uint64_t index);
/* Whether the records before that one tell of the end of the process with that number, and none
   behind it of another that has begun with the same. */
bool control_told(const struct control *control, uint64_t before, int32_t pid);
/* The name of the process that a RECORD_DIED tells of, whatever the program has written there: what
   is not printable, or no ASCII, stands as "?"; "" when it is not known. */
void control_dead_name(const struct control *control, const struct control_record *record,
                       char out[PROCESS_NAME]);
/* Whether a record is one that the interposer may have written; a program that writes where it
   should not may have. */
bool control_sound(const struct control_record *record);
/* What programs may have written over is made sound, once it is to be read: the plan and the actor
   are those that were given, but for the counts, and what is no record is none. One that still runs
   may do it again. */
void control_seal(struct control *control, const struct plan *given, const char *actor);
/* The counter of a chance in a stream: so many bytes moved before, and at that byte it is the so
   manyth. */
static inline uint64_t control_counter(uint64_t offset, uint64_t asked)
{
    return offset << CONTROL_ASKED_BITS | (asked & ((UINT64_C(1) << CONTROL_ASKED_BITS) - 1));
}
/* The byte of such a counter. */
static inline uint64_t control_offset(uint64_t counter)
{
    return counter >> CONTROL_ASKED_BITS;
}
/* Puts what a replay lists in order. */
void control_sort_replay(struct control *control);
/* True when the replay lists that firing. Any thread, any signal handler. */
bool control_replays(const struct control *control, size_t fault, uint64_t identity,
                     uint64_t counter);
/* The first firing listed of that identity with that counter or a later one, and all behind it up
   to the end of control->replay are sorted on; NULL: there is none. Any thread, any signal handler.
 */
const struct control_replay *control_next(const struct control *control, uint64_t identity,
                                          uint64_t counter);

#endif
