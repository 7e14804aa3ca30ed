/* SPDX-License-Identifier: MIT */
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

#define PROFILE_PATH 256  /* longest path of a sysctl */
#define PROFILE_VALUE 256 /* longest value */

/* The file under /proc/sys of a key (sysctl(8) notation). 0, or -1 with errno ENAMETOOLONG. */
int profile_path(const char *key, char *path, size_t size);
/* True when two values differ in white space only ("4096 131072" and "4096\t131072\n"). */
bool profile_same(const char *a, const char *b);
/* Opens the sysctl of an entry in the caller's network namespace, to which the descriptor stays
   bound. 0 with *fd, which the caller closes; 0 with *fd -1 for an optional one that is missing; or
   -1 and why. */
int profile_open(const struct profile_entry *entry, int *fd, char *why, size_t size);
/* Reads the value of an open sysctl, tabs as blanks, without the newline. 0, or -1 with errno. */
int profile_read(int fd, char *value, size_t size);
/* Writes value through an open sysctl and compares what it then says. 0, or -1 and why. */
int profile_write(int fd, const char *key, const char *value, char *why, size_t size);
/* Sets count entries in the caller's network namespace, each read back. 0, or -1 and why. */
int profile_apply(const struct profile_entry *entries, size_t count, char *why, size_t size);

#endif
