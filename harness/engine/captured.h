/* SPDX-License-Identifier: MIT */
/*
 * What is printed while a test looks. For the tests of this room only, which include it once each.
 */
#ifndef SOCKPROOF_ENGINE_CAPTURED_H
#define SOCKPROOF_ENGINE_CAPTURED_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
    FILE *stream;
    int kept, file;
} captured;

/* From now on what goes to stdout or stderr is kept. */
static inline void captured_begin(FILE *stream)
{
    fflush(stream);
    captured.stream = stream;
    captured.kept = dup(fileno(stream));
    captured.file = memfd_create("captured", MFD_CLOEXEC);
    cr_assert(captured.kept >= 0 && captured.file >= 0);
    dup2(captured.file, fileno(stream));
}

/* It goes where it went before. What was printed; static storage. */
static inline const char *captured_end(void)
{
    static char text[1 << 16];
    fflush(captured.stream);
    dup2(captured.kept, fileno(captured.stream));
    ssize_t size = pread(captured.file, text, sizeof text - 1, 0);
    text[size > 0 ? size : 0] = '\0';
    close(captured.kept);
    close(captured.file);
    return text;
}

#endif
