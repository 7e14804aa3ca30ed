/* SPDX-License-Identifier: MIT */
#include "base/lastwords.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* More than a pipe holds: another process may still be writing into it. */
enum { READS_MAX = 64, KEPT = 4096 };

bool lastwords_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0;
}

void lastwords_to(int end)
{
    dup2(end, STDOUT_FILENO);
    dup2(end, STDERR_FILENO);
}

/* Only what a terminal shows as it is. */
static char shown(char byte)
{
    return (char)(byte >= ' ' && byte <= '~' ? byte : '?');
}

static void last_line(const char *from, size_t length, char *text, size_t size)
{
    while (length > 0 && (from[length - 1] == '\n' || from[length - 1] == ' '))
        length--;
    const char *end = memrchr(from, '\n', length);
    size_t begin = end != NULL ? (size_t)(end - from) + 1 : 0;
    size_t kept = 0;
    for (; begin < length && kept + 1 < size; begin++)
        text[kept++] = shown(from[begin]);
    text[kept] = '\0';
}

void lastwords_take(int end, char *text, size_t size)
{
    char kept[2 * KEPT];
    size_t length = 0;
    ssize_t got = 1;
    for (int reads = 0; reads < READS_MAX && got > 0; reads++) {
        if (length > KEPT) {
            memmove(kept, kept + length - KEPT, KEPT);
            length = KEPT;
        }
        got = read(end, kept + length, sizeof kept - length);
        length += got > 0 ? (size_t)got : 0;
    }
    last_line(kept, length, text, size);
}
