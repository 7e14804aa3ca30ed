/* SPDX-License-Identifier: MIT */
/*
 * A tether: a command of somebody's with a relay at its standard input and output. The command may
 * do anything: it is heard, bounded and never trusted.
 */
#ifndef SOCKPROOF_ACTOR_TETHER_H
#define SOCKPROOF_ACTOR_TETHER_H

#include "actor/frame.h"
#include "actor/greeting.h"

#include <poll.h>
#include <sys/types.h>

/* How long a command usually may take until its relay has begun. */
enum { TETHER_BEGIN_MS = 20000 };

/* What a command may print to its standard output before the greeting: a login's banner, a
   console's messages. */
enum { TETHER_BEFORE_MOST = 1 << 20 };

struct tether {
    pid_t pid;
    int to, from; /* its standard input and output; neither makes the caller wait */
    struct greeting greeting;
    struct frame_out out; /* what it has not taken yet begins at sent */
    size_t sent;
    uint8_t *in; /* what has come and was not received yet begins at taken */
    size_t taken, got, room;
};

/* Starts the command (sh -c) and waits at most so long for its relay's greeting, which
   lines of something else may precede. False with a sentence in why, of size bytes. The caller ends
   it, in any case. */
bool tether_begin(struct tether *tether, const char *command, int ms, char *why, size_t size);
/* Sends a frame that is whole: now, or when tether_serve finds that it is taken. */
void tether_send(struct tether *tether, const struct frame_out *frame);
/* Waits, at most so long (-1: for ever), until something can be done with it, or until the other
   descriptor (-1: none) can be read: true then. Sends what waits, and reads what has come. */
bool tether_serve(struct tether *tether, int other, int ms);
/* The next frame: 1, its body in *opened until the next tether_serve; 0 when none is whole; -1 with
   a sentence in why when the command has ended, or says what is none. */
int tether_receive(struct tether *tether, enum frame_kind *kind, struct opened *opened, char *why,
                   size_t size);
/* Ends the command. */
void tether_end(struct tether *tether);

#endif
