/* SPDX-License-Identifier: MIT */
#include "stack/stacks.h"

#include "stack/linux.h"
#include "stack/lwip.h"
#include "stack/usrsctp.h"

#include <string.h>

enum { STACKS = 3 };

static const struct stack *numbered(int i)
{
    const struct stack *const stacks[STACKS] = {&stack_linux, &stack_usrsctp, lwip_stack()};
    return stacks[i];
}

const struct stack *stacks_find(const char *name)
{
    const struct stack *found = NULL;
    for (int i = 0; i < STACKS && found == NULL; i++)
        if (strcmp(name, numbered(i)->name) == 0)
            found = numbered(i);
    return found;
}

const char *const *stacks_names(void)
{
    static const char *names[STACKS + 1];
    for (int i = 0; i < STACKS; i++)
        names[i] = numbered(i)->name;
    return names;
}
