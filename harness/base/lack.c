/* SPDX-License-Identifier: MIT */
#include "base/lack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *told;

void lack_tell(char *text)
{
    told = text;
}

void lack_note(char *text, const char *what)
{
    int error = errno;
    if (text != NULL)
        snprintf(text, LACK_TEXT, "%s: %s", what, strerror(error));
    errno = error;
}

void lack_end(const char *what)
{
    char text[LACK_TEXT];
    lack_note(text, what);
    if (told != NULL)
        memcpy(told, text, sizeof text);
    dprintf(STDERR_FILENO, "sockproof: %s\n", text);
    _exit(LACK_STATUS);
}
