/* SPDX-License-Identifier: MIT */
/*
 * A peer: the program at the other end of a network, run by the shell in a process group of its
 * own, from its start over its readiness to its end. What it says goes to a file, up to SAID_MOST
 * bytes; the rest is taken from it and not kept.
 *
 * One thread, that of the network.
 */
#ifndef SOCKPROOF_PROGRAM_PEER_H
#define SOCKPROOF_PROGRAM_PEER_H

#include "program/network.h"

#include <signal.h>
#include <sys/types.h>

struct peer {
    struct network *network;
    const char *ready; /* "listening", "started", or what it prints once it is ready */
    pid_t pid;         /* 0: none */
    int pidfd;
    int out;          /* what it says comes here; -1: nothing any more */
    int file;         /* and goes there; -1: nothing any more */
    int lost;         /* errno with which the file took no more; 0: it has all */
    uint64_t written; /* bytes */
    bool cut;         /* the file has as much as is kept, and the peer said more */
    bool printed;
    bool ended;     /* by itself */
    int status;     /* of waitpid(2), once it has ended */
    char last[256]; /* what it said last, and more of it than ready is long */
    size_t kept;
};

/* Runs command on the server's host, its input empty, what it says into a new file at path. ready
   has at most 200 characters. 0, or -1 with errno. */
int peer_start(struct peer *peer, struct network *network, const char *command, const char *ready,
               const char *path);
/* Carries packets until the peer is ready, at most so many seconds, or until a signal handler makes
   *stop other than 0; true when it is ready. A peer that
   has ended, and did not say before what it prints then, never will be. */
bool peer_ready(struct peer *peer, double seconds, const volatile sig_atomic_t *stop);
/* Carries packets until fd is readable, for at most so many seconds (0: no end); true when it
   is. context is a struct peer *: this is what a launch awaits. */
bool peer_await(void *context, int fd, double seconds);
/* Ends the peer and its process group: asks first, and kills what is there after so many seconds.
   Packets are carried meanwhile. Accepts one that was never started. */
void peer_end(struct peer *peer, double seconds);
/* The last line that the peer said; empty: nothing. Static storage. */
const char *peer_last_words(const struct peer *peer);

#endif
