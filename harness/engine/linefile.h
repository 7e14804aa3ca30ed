/* SPDX-License-Identifier: MIT */
/*
 * A file of lines that a run leaves behind: what is appended is there whole, or not at all.
 */
#ifndef SOCKPROOF_ENGINE_LINEFILE_H
#define SOCKPROOF_ENGINE_LINEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct linefile {
    int fd; /* -1: not open */
    uint64_t size;
};

/* Makes it anew in a folder (a descriptor). False with errno. */
bool linefile_open(struct linefile *file, int folder, const char *name);
/* Opens what is there and appends behind its last whole line; what follows that is cut off. */
bool linefile_continue(struct linefile *file, int folder, const char *name);
/* Takes room on the disk for so many bytes, which nothing else gets until it is closed; where the
   file system cannot, or has not so much, nothing happens. */
void linefile_reserve(const struct linefile *file, uint64_t size);
/* Appends size bytes; what could not be written whole is taken out again. False with errno. */
bool linefile_append(struct linefile *file, const char *text, size_t size);
/* Closes it, if it is open, and gives back the room that it did not need. False with errno when
 * what was written is not safe. */
bool linefile_close(struct linefile *file);

#endif
