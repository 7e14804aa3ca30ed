/* SPDX-License-Identifier: MIT */
#include "case/program.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    const char *package;
} programs[] = {
#define PROGRAM(name, package) {name, package},
#include "case/program.def"
#undef PROGRAM
};

/* Tries each folder of a list. */
static bool in_folders(const char *folders, const char *name, char *out, size_t size)
{
    bool found = false;
    for (const char *at = folders; *at != '\0' && !found;) {
        size_t length = strcspn(at, ":");
        snprintf(out, size, "%.*s/%s", (int)length, at, name);
        found = access(out, X_OK) == 0;
        at += length + (at[length] == ':');
    }
    return found;
}

bool program_find(const char *name, char *out, size_t size)
{
    char path[PATH_MAX];
    const char *folders = getenv("PATH");
    bool found = in_folders(folders != NULL ? folders : "/usr/bin:/bin", name, path, sizeof path) ||
                 in_folders("/usr/sbin:/sbin:/usr/games", name, path, sizeof path);
    if (found && out != NULL)
        snprintf(out, size, "%s", path);
    return found;
}

const char *program_package(const char *name)
{
    const char *package = NULL;
    for (size_t i = 0; i < sizeof programs / sizeof *programs && package == NULL; i++)
        if (strcmp(programs[i].name, name) == 0)
            package = programs[i].package;
    return package;
}
