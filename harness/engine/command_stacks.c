#include "engine/commands.h"
#include "stack/stack.h"

#include <stdio.h>

enum status command_stacks(const struct config *config)
{
    (void)config;
    for (const char *const *name = stack_names(); *name != NULL; name++)
        puts(*name);
    return STATUS_GOOD;
}
