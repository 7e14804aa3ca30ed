/* SPDX-License-Identifier: MIT */
/*
 * Round trips of a small message over raw IP, UDP and TCP, side by side, timed.
 */
#ifndef SOCKPROOF_ENGINE_ROUNDTRIP_H
#define SOCKPROOF_ENGINE_ROUNDTRIP_H

#include "wire/profile.h"

#include <stdbool.h>
#include <stdint.h>

enum path { PATH_WIRE, PATH_LOOPBACK, PATH_COUNT };
enum medium { MEDIUM_RAW, MEDIUM_UDP, MEDIUM_TCP, MEDIUM_COUNT };

enum { ROUNDTRIP_MESSAGE = 64, ROUNDTRIP_MAX = 100000 };

/* How long the round trips of one medium took. */
struct roundtrip {
    uint64_t median_ns;
    uint64_t high_ns; /* 99 of 100 were shorter */
};

struct roundtrips {
    struct roundtrip of[MEDIUM_COUNT];
    char why[256]; /* what could not be done, in a sentence; empty: everything was */
};

/* "wire", "loopback"; "raw", "udp", "tcp". Static storage. */
const char *path_name(enum path path);
const char *medium_name(enum medium medium);

/* Times rounds (1 to ROUNDTRIP_MAX) round trips of each medium along path, in a child process with
   hosts of its own. False, with why, when it cannot be done here. */
bool roundtrip_measure(struct roundtrips *out, enum path path, const struct profile *profile,
                       int rounds);

#endif
