/* SPDX-License-Identifier: MIT */
#include "liar/lies.h"

#include "liar/liar.h"
#include "liar/packet_lie.h"
#include "liar/sctp_lie.h"

#include <string.h>

/* The liars that are stacks. */
static const struct {
    const char *stack; /* whose place it takes */
    const char *const *(*names)(void);
    const char *(*says)(const char *lie);
    const struct stack *(*table)(const char *lie);
} liars[] = {{"linux", liar_names, liar_says, liar_stack},
             {"usrsctp", sctp_lie_names, sctp_lie_says, sctp_lie_stack}};
enum { LIARS = sizeof liars / sizeof *liars };

void lies_each(void (*visit)(const char *name, const char *says))
{
    for (size_t i = 0; i < LIARS; i++)
        for (const char *const *name = liars[i].names(); *name != NULL; name++)
            visit(*name, liars[i].says(*name));
    for (const char *const *name = packet_lie_names(); *name != NULL; name++)
        visit(*name, packet_lie_says(packet_lie_find(*name)));
}

bool lies_know(const char *lie)
{
    bool known = packet_lie_find(lie) != NULL;
    for (size_t i = 0; i < LIARS && !known; i++)
        known = liars[i].says(lie) != NULL;
    return known;
}

/* The index of the liar that takes a stack's place; LIARS when there is none. */
static size_t liar_of(const char *stack)
{
    size_t at = 0;
    while (at < LIARS && strcmp(liars[at].stack, stack) != 0)
        at++;
    return at;
}

bool lies_can(const char *stack)
{
    return liar_of(stack) < LIARS;
}

const struct stack *lies_stack(const char *stack, const char *lie)
{
    size_t at = liar_of(stack);
    return at < LIARS ? liars[at].table(lie) : NULL;
}
