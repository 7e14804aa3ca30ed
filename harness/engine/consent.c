/* SPDX-License-Identifier: MIT */
#include "engine/consent.h"

#include "case/casefile.h"
#include "case/variant.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_below(const char *root, const char *folder, const char *target)
{
    char path[PATH_MAX], whole[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", root, folder);
    size_t length = realpath(path, whole) != NULL ? strlen(whole) : 0;
    return length > 0 && strncmp(target, whole, length) == 0 && target[length] == '/';
}

bool consent_owns(const char *root, const char *path)
{
    char target[PATH_MAX];
    return realpath(path, target) != NULL &&
           (is_below(root, "cases", target) || is_below(root, "fixtures", target));
}

/* Whoever wrote the script: nobody expects that one runs anything. */
static struct skip consent_to_commands(const struct config *config, const struct variant *variant)
{
    static const struct skip skip = {
        CODE_COMMANDS_NOT_ALLOWED,
        "it has shell commands, which are run on the host: read them, and say --allow-commands"};
    bool may = config->allow_commands || !variant_runs_program(variant, NULL);
    return may ? (struct skip){CODE_NONE, NULL} : skip;
}

struct skip consent_skip(const struct config *config, const struct variant *variant, bool confined)
{
    struct skip skip = {CODE_NONE, NULL};
    if (variant->file->script != NULL)
        return consent_to_commands(config, variant);
    if (config->allow_programs || !variant_runs_program(variant, NULL))
        return skip;
    if (!consent_owns(config->root, variant->file->path))
        skip = (struct skip){CODE_PROGRAMS_NOT_ALLOWED,
                             "it runs programs, and is none of the suite's own cases: read it, and "
                             "say --allow-programs"};
    else if (!confined)
        skip = (struct skip){CODE_PROGRAMS_NOT_ALLOWED,
                             "it runs programs, which the machine lets nobody confine: say "
                             "--allow-programs"};
    return skip;
}
