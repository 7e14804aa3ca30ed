/* SPDX-License-Identifier: MIT */
#include "engine/commands.h"
#include "stack/stacks.h"

#include <stdio.h>

enum status command_stacks(const struct config *config)
{
    (void)config;
    for (const char *const *name = stacks_names(); *name != NULL; name++)
        puts(*name);
    return STATUS_GOOD;
}
