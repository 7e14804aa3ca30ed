/* SPDX-License-Identifier: MIT */
/*
 * The fuzz target of fault plans: whatever is asked for, it is a plan or is refused. The first byte
 * of an input says how the rest is given: 'f', as the words of the command line, a fault each line;
 * 'r', as the log of an earlier run; else as a plan file. How it is run, and where its corpus lies:
 * fixtures/fuzz/README.
 */
#include "program/firelog.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* One input of libFuzzer: size bytes, as a plan. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *nowhere;

static bool add_lines(struct faultplan *plan, const char *bytes, size_t size)
{
    char *text = strndup(bytes, size);
    char *rest = NULL;
    bool good = true;
    if (text == NULL)
        abort();
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        good = faultplan_add_text(plan, line, nowhere) && good;
    free(text);
    return good;
}

/* A file with these bytes, and its path. */
static int file_of(const char *bytes, size_t size, char path[32])
{
    int file = memfd_create("plan", MFD_CLOEXEC);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        abort();
    snprintf(path, 32, "/proc/self/fd/%d", file);
    return file;
}

/* What is said of a fault that was taken says it again. */
static void say_again(const struct faultplan *plan)
{
    struct faultplan twin = {.lenient = plan->lenient};
    for (size_t i = 0; i < plan->plan.count; i++)
        if (!faultplan_add_text(&twin, plan->text[i], stderr))
            abort();
    faultplan_free(&twin);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct control *control;
    struct faultplan plan = {.lenient = false};
    const char *bytes = (const char *)data + 1;
    char path[32];
    bool good = false;
    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "we");
    if (control == NULL)
        control = launch_control(NULL, NULL);
    if (nowhere == NULL || control == NULL)
        abort();
    control->replay_count = 0;
    int file = size > 1 ? file_of(bytes, size - 1, path) : -1;
    if (size > 1 && data[0] == 'f')
        good = add_lines(&plan, bytes, size - 1);
    else if (size > 1 && data[0] == 'r')
        good = firelog_read(path, &plan, control, nowhere);
    else if (size > 1)
        good = faultplan_add_file(&plan, path, nowhere);
    if (good)
        say_again(&plan);
    faultplan_free(&plan);
    if (file >= 0)
        close(file);
    return 0;
}
