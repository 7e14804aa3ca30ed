/* SPDX-License-Identifier: MIT */
#include "preload/handover.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Where nobody looks for a descriptor of his own: below what select(2) takes and what most limits
   are. */
enum { HIGHEST = 1000, MARGIN = 24, LOWEST = 3 };

int handover_lend(int fd, handover_control *control)
{
    struct rlimit limit = {.rlim_cur = HIGHEST + MARGIN};
    getrlimit(RLIMIT_NOFILE, &limit);
    int wanted = limit.rlim_cur < HIGHEST + MARGIN ? (int)limit.rlim_cur - MARGIN : HIGHEST;
    return control(fd, F_DUPFD, wanted > LOWEST ? wanted : LOWEST);
}

/* Number and mark; where the text ends. By hand: snprintf may allocate. */
static char *write_number(char *out, int number)
{
    char digits[12];
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    while (count > 0)
        *out++ = digits[--count];
    return out;
}

bool handover_write(const struct handover *handover, char *out, size_t size)
{
    const int numbers[] = {handover->control, handover->object};
    size_t length = strlen(handover->path);
    if (size < length + 32)
        return false;
    for (int i = 0; i < 2; i++) {
        out = numbers[i] >= 0 ? write_number(out, numbers[i]) : out;
        *out++ = ':';
    }
    memcpy(out, handover->path, length + 1);
    return true;
}

/* A number, or nothing, up to the colon; NULL when neither is there. */
static const char *read_number(const char *text, int *out)
{
    char *end = NULL;
    long number = *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : -1;
    const char *at = end != NULL ? end : text;
    *out = number >= 0 && number < 1 << 20 ? (int)number : -1;
    return *at == ':' ? at + 1 : NULL;
}

void handover_read(const char *text, struct handover *out)
{
    const char *second = read_number(text, &out->control);
    const char *path = second != NULL ? read_number(second, &out->object) : NULL;
    if (path == NULL)
        out->control = out->object = -1;
    out->path = path != NULL ? path : text;
}
