#include "stack/stack.h"

#include "stack/linux.h"

#include <string.h>

const struct stack *stack_find(const char *name)
{
    return strcmp(name, stack_linux.name) == 0 ? &stack_linux : NULL;
}

const char *const *stack_names(void)
{
    static const char *const names[] = {"linux", NULL};
    return names;
}
