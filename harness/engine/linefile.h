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
/* Appends size bytes; what could not be written whole is taken out again. False with errno. */
bool linefile_append(struct linefile *file, const char *text, size_t size);
/* Closes it, if it is open. False with errno when what was written is not safe. */
bool linefile_close(struct linefile *file);

#endif
