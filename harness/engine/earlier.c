/* SPDX-License-Identifier: MIT */
#include "engine/earlier.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_SIZE = 1024 };

static void key_of(char key[KEY_SIZE], int repeat, const char *stack, const char *id)
{
    snprintf(key, KEY_SIZE, "%d %s %s", repeat, stack, id);
}

/* Takes one line in, if it is whole and a result. */
static void add(json_t *earlier, const char *text, size_t size)
{
    char key[KEY_SIZE];
    const char *id = NULL;
    const char *stack = NULL;
    const char *verdict = NULL;
    int repeat = 0;
    bool ends = size > 0 && text[size - 1] == '\n';
    json_t *line = ends ? json_loadb(text, size, 0, NULL) : NULL;
    if (json_unpack(line, "{s:s, s:s, s:s, s:i}", "id", &id, "stack", &stack, "verdict", &verdict,
                    "repeat", &repeat) == 0) {
        key_of(key, repeat, stack, id);
        json_object_set_new(earlier, key, json_integer((json_int_t)resultline_verdict(line)));
    }
    json_decref(line);
}

json_t *earlier_read(int folder)
{
    json_t *earlier = json_object();
    int fd = openat(folder, "results.jsonl", O_RDONLY | O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    char *line = NULL;
    size_t room = 0;
    ssize_t size = 0;
    while (file != NULL && earlier != NULL && (size = getline(&line, &room, file)) > 0)
        add(earlier, line, (size_t)size);
    free(line);
    if (file != NULL)
        fclose(file);
    else if (fd >= 0)
        close(fd);
    return earlier;
}

bool earlier_has(const json_t *earlier, const struct ran *ran, enum verdict *verdict)
{
    char key[KEY_SIZE];
    key_of(key, ran->repeat, ran->candidate->shown, ran->variant->id);
    const json_t *found = json_object_get(earlier, key);
    if (found != NULL)
        *verdict = (enum verdict)json_integer_value(found);
    return found != NULL && *verdict != VERDICT_NOT_RUN;
}
