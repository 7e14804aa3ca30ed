/* SPDX-License-Identifier: MIT */
/*
 * Wired: what `exec --wire` puts around a program: two hosts, the wire between them, and the peer.
 */
#ifndef SOCKPROOF_ENGINE_EXEC_WIRE_H
#define SOCKPROOF_ENGINE_EXEC_WIRE_H

#include "engine/config.h"
#include "engine/settings.h"
#include "program/peer.h"

#include <limits.h>

struct wired {
    struct settings settings;
    struct network *network;
    struct peer peer;
    const char *command; /* the peer's, with the addresses in it */
    char said[PATH_MAX]; /* the file that has what the peer said */
    int interrupted;     /* by that signal, before the peer was ready; 0: not */
};

/* True when the options of the wire go together, and with the plan; else false after a message. */
bool exec_wire_makes_sense(const struct config *config, const struct faultplan *plan);
/* Builds the hosts, gives this process their addresses as SOCKPROOF_SERVER and the like, starts the
   peer and waits until it is ready; the capture, if one is wanted, and what the peer says go to
   folder. The process stays in namespaces of its own. All pointers are borrowed until
   exec_wire_close, which comes in either case. False after a message, or when a signal came that
   ends us: then its number is in interrupted. */
bool exec_wire_open(struct wired *wired, const struct config *config, const char *folder,
                    const struct faultplan *plan, struct control *control);
/* The words with the hosts' addresses in the place of {server}, {client}, {server6}, {client6}; the
   wire's, as long as it is open. */
char *const *exec_wire_words(struct wired *wired, char *const *words);
/* Ends the peer. */
void exec_wire_end(struct wired *wired);
/* Says on stderr what the wire lost by itself, and how a peer ended that failed. */
void exec_wire_say(const struct wired *wired);
/* Frees all; says on stderr when the capture is not whole. */
void exec_wire_close(struct wired *wired);

#endif
