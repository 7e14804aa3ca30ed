#include "stack/stack.h"

#include "stack/linux.h"
#include "stack/lwip.h"
#include "stack/usrsctp.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static const struct stack *const stacks[] = {&stack_linux, &stack_usrsctp, &stack_lwip};
enum { STACKS = sizeof stacks / sizeof *stacks };

const struct stack *stack_find(const char *name)
{
    const struct stack *found = NULL;
    for (int i = 0; i < STACKS && found == NULL; i++)
        if (strcmp(name, stacks[i]->name) == 0)
            found = stacks[i];
    return found;
}

bool stack_speaks(const struct stack *stack, int protocol)
{
    /* By name: one that lies is another table of the same name. */
    if (strcmp(stack->name, stack_usrsctp.name) == 0)
        return protocol == IPPROTO_SCTP;
    if (strcmp(stack->name, stack_lwip.name) == 0)
        return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_RAW;
    if (protocol != IPPROTO_SCTP)
        return true;
    int fd = stack->sctp != NULL ? socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP) : -1;
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

const char *const *stack_names(void)
{
    static const char *names[STACKS + 1];
    for (int i = 0; i < STACKS; i++)
        names[i] = stacks[i]->name;
    return names;
}
