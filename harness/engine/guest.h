/* SPDX-License-Identifier: MIT */
/*
 * A guest: a kernel that is started for a run, and the engine inside it, whose results arrive as
 * a stream (stream.h). How to start one is the driver's to know (harness/driver guest boot);
 * that program becomes the guest, so that its process group is the guest, whole. Another machine's
 * kernel is one as well, that is there already (harness/driver far start): its process holds the
 * connection, and takes away what it has put there when it is asked to end.
 *
 * Single-threaded: the supervisor's one thread calls all of this.
 */
#ifndef SOCKPROOF_ENGINE_GUEST_H
#define SOCKPROOF_ENGINE_GUEST_H

#include "engine/config.h"
#include "engine/stream.h"

#include <stdint.h>
#include <sys/types.h>

enum { CONSOLE_KEPT = 4096 };

struct guest {
    const char *name;
    const char *far; /* another machine: how it is reached; NULL: a kernel of ours */
    pid_t pid;       /* 0: not running */
    int stream;      /* results arrive here, … */
    int console; /* … and what the kernel has to say here; both non-blocking; -1 after their end */
    struct stream_reader reader;
    bool begun;               /* it said hello */
    uint64_t silent_until_us; /* CLOCK_MONOTONIC: it is given up when nothing comes until then */
    char told[CONSOLE_KEPT];  /* the end of its console */
    size_t told_size;
};

/* Starts the guest on a selection (the text of a --select file); far: how another machine is
   reached, or NULL. Both texts must live as long. False with errno. */
bool guest_start(struct guest *guest, const char *name, const char *far,
                 const struct config *config, const char *selection);
/* Takes in what waits on its console; the console is closed at its end. */
void guest_hear(struct guest *guest);
/* Takes in what waits on its stream. False at the end of the stream. */
bool guest_take(struct guest *guest, const struct config *config);
/* Why it did not do what was expected: "the guest NAME did not begin …: " and the last lines of its
   console, or of ssh and the engine there. text holds size bytes. */
void guest_trouble(const struct guest *guest, const char *what, char *text, size_t size);
/* Ends its processes and waits for them; that of another machine has GUEST_LEAVES_MS to leave it as
   it was. Harmless when it does not run. */
enum { GUEST_LEAVES_MS = 10000 };
void guest_end(struct guest *guest);

#endif
