/* SPDX-License-Identifier: MIT */
#include "stack/stacks.h"

#include "stack/linux.h"
#include "stack/lwip.h"
#include "stack/usrsctp.h"

#include <string.h>

static const struct stack *const stacks[] = {&stack_linux, &stack_usrsctp, &stack_lwip};
enum { STACKS = sizeof stacks / sizeof *stacks };

const struct stack *stacks_find(const char *name)
{
    const struct stack *found = NULL;
    for (int i = 0; i < STACKS && found == NULL; i++)
        if (strcmp(name, stacks[i]->name) == 0)
            found = stacks[i];
    return found;
}

const char *const *stacks_names(void)
{
    static const char *names[STACKS + 1];
    for (int i = 0; i < STACKS; i++)
        names[i] = stacks[i]->name;
    return names;
}
