/* SPDX-License-Identifier: MIT */
/*
 * The handover: how the control file and the interposer come from one program to the next. Each has
 * an inherited descriptor, which survives what a path does not: other users, other roots, folders
 * that nobody else may enter. The path is there for who comes without the descriptors.
 */
#ifndef SOCKPROOF_PRELOAD_HANDOVER_H
#define SOCKPROOF_PRELOAD_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>

struct handover {
    int control, object; /* descriptors; -1: none */
    const char *path;    /* of the control file; empty: none */
};

/* The library's own fcntl(2): the interposer has one of its own before it. */
typedef int handover_control(int fd, int command, ...);

/* A copy of fd with a high number, which an exec leaves open; -1 with errno. */
int handover_lend(int fd, handover_control *control);
/* Writes what CONTROL_VARIABLE says: "1016:1017:/proc/7/fd/3". False when there is no room. Async
   signal safe. */
bool handover_write(const struct handover *handover, char *out, size_t size);
/* Reads that, or a path alone; path points into text. */
void handover_read(const char *text, struct handover *out);

#endif
