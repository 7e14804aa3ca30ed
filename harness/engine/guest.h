/* SPDX-License-Identifier: MIT */
/*
 * A guest: a kernel that is started for a run, and the engine inside it, whose results arrive as
 * a stream (stream.h). How to start one is the driver's to know (harness/driver guest boot);
 * that program becomes the guest, so that its process group is the guest, whole.
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
    pid_t pid;   /* 0: not running */
    int stream;  /* results arrive here, … */
    int console; /* … and what the kernel has to say here; both non-blocking; -1 after their end */
    struct stream_reader reader;
    bool begun;               /* it said hello */
    uint64_t silent_until_us; /* CLOCK_MONOTONIC: it is given up when nothing comes until then */
    char told[CONSOLE_KEPT];  /* the end of its console */
    size_t told_size;
};

/* Starts the guest on a selection (the text of a --select file). False with errno. */
bool guest_start(struct guest *guest, const char *name, const struct config *config,
                 const char *selection);
/* Takes in what waits on its console; the console is closed at its end. */
void guest_hear(struct guest *guest);
/* Takes in what waits on its stream. False at the end of the stream. */
bool guest_take(struct guest *guest, const struct config *config);
/* Why it did not do what was expected: "the guest NAME did not begin …: " and the last lines of its
   console. text holds size bytes. */
void guest_trouble(const struct guest *guest, const char *what, char *text, size_t size);
/* Ends its processes and waits for them. Harmless when it does not run. */
void guest_end(struct guest *guest);

#endif
