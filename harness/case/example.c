/* SPDX-License-Identifier: MIT */
#include "case/example.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* A line is a step when it begins with an actor or the wire and holds a mapping. */
static bool is_step(const char *line)
{
    static const char *const actors[] = {"client", "server", "wire"};
    bool is = false;
    for (size_t i = 0; i < sizeof actors / sizeof *actors; i++) {
        size_t length = strlen(actors[i]);
        const char *behind = strncmp(line, actors[i], length) == 0 ? line + length : "";
        while (isalnum((unsigned char)*behind))
            behind++;
        is = is || strncmp(behind, ": {", 3) == 0;
    }
    return is;
}

static const char *next_line(const char *line)
{
    return line + strcspn(line, "\n") + 1;
}

static bool has_keys(const char *example)
{
    bool has = false;
    for (const char *line = example; *line != '\0'; line = next_line(line))
        has = has || !is_step(line);
    return has;
}

void example_write(FILE *out, const char *example)
{
    bool keys = has_keys(example), open = false;
    for (const char *line = example; *line != '\0'; line = next_line(line)) {
        bool step = is_step(line);
        if (step && keys && !open)
            fputs("steps:\n", out);
        open = step;
        fprintf(out, "%s%.*s\n", !step ? "" : keys ? "  - " : "- ", (int)strcspn(line, "\n"), line);
    }
}
