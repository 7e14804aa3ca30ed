/* SPDX-License-Identifier: MIT */
/*
 * The fuzz target of records: whatever results and events say, they are judged again, or are not to
 * be judged. An input is the texts of the case files as JSON in one line, results a line each, an
 * empty line, and the events. How it is run, and where its corpus lies: fixtures/fuzz/README.
 */
#include "engine/again.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One input of libFuzzer: size bytes, as a record. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A part of the input as a file. */
static FILE *file_of(const char *bytes, size_t size)
{
    FILE *file = fmemopen(size > 0 ? (void *)bytes : NULL, size > 0 ? size : 1, "r");
    if (file == NULL)
        abort();
    return file;
}

/* What a part has up to the end of its line. */
static size_t line_of(const char *bytes, size_t size)
{
    const char *end = size > 0 ? memchr(bytes, '\n', size) : NULL;
    return end != NULL ? (size_t)(end - bytes) + 1 : size;
}

/* Results of the input, up to the empty line. */
static size_t results_of(const char *bytes, size_t size)
{
    const char *end = size > 0 ? memmem(bytes, size, "\n\n", 2) : NULL;
    return end != NULL ? (size_t)(end - bytes) + 2 : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    const char *at = (const char *)data;
    if (nowhere == NULL && (nowhere = fopen("/dev/null", "we")) == NULL)
        abort();
    size_t head = line_of(at, size);
    size_t most = results_of(at + head, size - head);
    json_t *sources = json_loadb(at, head, 0, NULL);
    FILE *results = file_of(at + head, most);
    FILE *events = file_of(at + head + most, size - head - most);
    again_judge(sources, results, events, nowhere);
    fclose(events);
    fclose(results);
    json_decref(sources);
    return 0;
}
