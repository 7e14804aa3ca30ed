/* SPDX-License-Identifier: MIT */
/* The wrappers of what prints to a descriptor: inside, the library writes past every wrapper. */
#include "preload/intercept.h"
#include "preload/real.h"
#include "preload/wrapper.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

/* As the library does: all of it, piece by piece, until a write fails. */
static int print(int fd, const char *format, va_list values)
{
    char *text = NULL;
    int size = vasprintf(&text, format, values);
    int done = 0;
    while (done < size) {
        ssize_t wrote = wrap_write(fd, text + done, (size_t)(size - done));
        if (wrote < 0)
            size = -1;
        else
            done += (int)wrote;
    }
    int kept = errno;
    free(text);
    errno = kept;
    return size;
}

int wrap_vdprintf(int fd, const char *format, va_list values)
{
    return intercept_on && descriptor_find(fd) != NULL ? print(fd, format, values)
                                                       : REAL(vdprintf)(fd, format, values);
}

int wrap_dprintf(int fd, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int size = wrap_vdprintf(fd, format, values);
    va_end(values);
    return size;
}

int wrap___vdprintf_chk(int fd, int flag, const char *format, va_list values)
{
    return intercept_on && descriptor_find(fd) != NULL
               ? print(fd, format, values)
               : REAL(__vdprintf_chk)(fd, flag, format, values);
}

int wrap___dprintf_chk(int fd, int flag, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int size = wrap___vdprintf_chk(fd, flag, format, values);
    va_end(values);
    return size;
}
