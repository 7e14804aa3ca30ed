/* SPDX-License-Identifier: MIT */
/*
 * Limits: how much the harness can carry. The checker and whoever carries a case out take each from
 * here, so that what is too much is said where it stands in the case file; a number that only a run
 * finds out, behind a $reference, makes the case broken, with the same limit in the message.
 */
#ifndef SOCKPROOF_CASE_LIMIT_H
#define SOCKPROOF_CASE_LIMIT_H

/* The top level. */
#define CLIENTS_MAX 9000 /* sockets of the actor clients */
#define CLIENTS_MAX_TEXT "9000"
#define TITLE_MAX 500 /* characters of a title */
#define TITLE_MAX_TEXT "500"
#define FAULT_MAX 16      /* faults of one case: bits of a set */
#define FAULT_NAME_MAX 47 /* bytes of a fault's name */

/* Names and calls. */
#define ACTOR_MAX 8         /* actors of one case, each a process */
#define PORTS_PER_CASE 16   /* ports that a case has for itself: an actor's number is below it */
#define OPEN_MAX 16         /* calls open at once, with the one that a step makes */
#define DESCRIPTOR_NAMES 64 /* descriptors that a case can speak of, of all actors */
#define GROUP_MAX 4         /* names for many sockets alike */
#define SAVED_MAX 16        /* saved values */
#define WATCHED_MAX 16      /* programs under faults */

/* What goes into calls, and comes out. */
#define MEMORY_MAX 2147483648 /* bytes of data that all calls of a case are given */
#define MESSAGES_MAX 65536    /* messages of one step */
#define USUAL_ROOM 65536      /* bytes for a message where the step does not say */
#define LONG_FROM 16777216    /* from so many bytes on a pattern need not lie in memory */
#define PACKET_MAX 65535      /* bytes of a crafted packet: its length has 16 bits */
#define OPTION_ROOM 512       /* bytes of an option's value */
#define OPTION_LIST 128       /* numbers in a list of an option's value */
#define SAID_MOST 67108864    /* bytes that a program may say; beyond that it is ended */
#define HELD_MOST 2147483648  /* bytes of memory that all programs of a case may hold at once */
#define FRAMES_MAX 67108864   /* bytes of packets that are kept of a case */
#define WORDS_MAX 1023        /* a program and its arguments */
#define WORDS_SIZE 131072     /* their bytes, each with its NUL */

#endif
