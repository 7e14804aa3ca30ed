/* SPDX-License-Identifier: MIT */
#include "stack/lwip.h"

#include "stack/lwip_table.h"
#include "stack/plugged.h"

static const struct sockproof_stack *table(void)
{
    return lwip_table(SOCKPROOF_STACK_ABI);
}

static bool speaks(const struct stack *stack, int protocol)
{
    (void)stack;
    return plugged_speaks(table()->speaks, protocol);
}

static const char *version(const struct stack *stack)
{
    (void)stack;
    return table()->version;
}

static bool begin(const struct stack *stack, const struct stack_world *world, char *why,
                  size_t size)
{
    (void)stack;
    return plugged_begin(table(), world, "", why, size);
}

const struct stack *lwip_stack(void)
{
    static struct stack stack = {
        .name = "lwip", .speaks = speaks, .begin = begin, .version = version};
    const struct plugged_about about = {table()->speaks, table()->traits, plugged_has(table()),
                                        table()->recovery, table()->names};
    if (stack.socket == NULL)
        plugged_fill(&stack, &about);
    return &stack;
}
