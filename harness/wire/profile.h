/*
 * A host profile: the values that make a new pair of hosts quiet and the same everywhere,
 * from fixtures/host-profile/linux.yaml (read by the engine, handed over as plain entries).
 */
#ifndef SOCKPROOF_WIRE_PROFILE_H
#define SOCKPROOF_WIRE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

struct profile_entry {
    const char *key;   /* "net.ipv4.tcp_congestion_control" */
    const char *value; /* "reno" */
    bool optional;     /* a kernel without it is fine */
};

struct profile {
    const char *version;
    size_t count;
    const struct profile_entry *entries;
    size_t lossy_count; /* set only while a case that arms loss runs; put back afterwards */
    const struct profile_entry *lossy;
};

#endif
