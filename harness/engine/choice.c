#include "engine/choice.h"

#include "run/lacks.h"

#include <stdio.h>
#include <stdlib.h>

/* SCTP of a kernel is found out once: every variant asks. */
static bool speaks(const struct stack *stack, int protocol)
{
    static const struct stack *known;
    static bool has_sctp;
    if (protocol == 0)
        return stack_speaks(stack, protocol);
    if (known != stack)
        has_sctp = stack_speaks(stack, protocol);
    known = stack;
    return has_sctp;
}

static const struct stack *fitting(const struct config *config, const struct stack *asked,
                                   const struct stack *embedded, int protocol)
{
    bool may_turn = !config->stack_given && protocol != 0;
    return may_turn && !speaks(asked, protocol) ? embedded : asked;
}

static int say_why(char **why, const struct stack *stack, const struct variant *variant)
{
    const char *verb = lacks_verb(stack, variant);
    int length = 0;
    if (!speaks(stack, lacks_protocol(variant)))
        length = asprintf(why, "the stack %s has no %s here", stack->name,
                          transport_name(variant->file->transport));
    else if (verb != NULL)
        length = asprintf(why, "the stack %s has no call %s", stack->name, verb);
    return length;
}

bool choice_make(struct choice *choice, const struct config *config, const struct stack *asked,
                 const struct stack *embedded, const struct suite *suite)
{
    bool good = true;
    choice->count = suite->variant_count;
    choice->stacks = calloc(choice->count + 1, sizeof *choice->stacks);
    choice->whys = calloc(choice->count + 1, sizeof *choice->whys);
    good = choice->stacks != NULL && choice->whys != NULL;
    for (size_t i = 0; i < choice->count && good; i++) {
        const struct variant *variant = suite->variants[i];
        choice->stacks[i] = fitting(config, asked, embedded, lacks_protocol(variant));
        good = say_why(&choice->whys[i], choice->stacks[i], variant) >= 0;
    }
    return good;
}

void choice_free(struct choice *choice)
{
    for (size_t i = 0; i < choice->count && choice->whys != NULL; i++)
        free(choice->whys[i]);
    free(choice->whys);
    free((void *)choice->stacks);
}
