/* SPDX-License-Identifier: MIT */
/*
 * An interview: what code that is not ours says of itself, asked in a process that ends, with all
 * that it has started, whatever that code does.
 */
#ifndef SOCKPROOF_BASE_INTERVIEW_H
#define SOCKPROOF_BASE_INTERVIEW_H

#include <stdbool.h>
#include <stddef.h>

struct interview {
    /* Asks, in the process, which ends when it returns: into answer, memory of the size below that
       is zeroed and that the asker sees. What is printed meanwhile is kept as last words. */
    void (*ask)(const void *context, void *answer);
    const void *context; /* for ask; borrowed */
    size_t size;         /* of the answer */
    int limit_ms;        /* how long it may take */
};

/* How it went. */
struct asked {
    int error;      /* errno with which it could not be asked; 0: it was */
    bool in_time;   /* the process ended by itself, or by its own mistake, within the limit */
    int halted;     /* the signal that it stopped itself by, and was ended for; 0: it did not */
    int status;     /* of its end, as wait(2) tells it */
    char said[128]; /* its last words, or "" */
};

/* Asks, and copies what the process left behind to *answer, as far as it came; all zero where it
   could not be asked. From a process without threads; takes no longer than the limit and the time
   that a killed process needs to end. */
struct asked interview_hold(const struct interview *interview, void *answer);

#endif
