/*
 * The choice of a stack: which one a variant is judged on, when one was asked for and when not.
 */
#ifndef SOCKPROOF_ENGINE_CHOICE_H
#define SOCKPROOF_ENGINE_CHOICE_H

#include "engine/config.h"
#include "engine/suite.h"
#include "stack/stack.h"

struct choice {
    const struct stack **stacks; /* by variant; never NULL: the asked one where none fits */
    char **whys;                 /* by variant: why it cannot run, or NULL */
    size_t count;
};

/* Chooses for all variants. asked is the configuration's stack, or one that lies in its place; with
   no --stack given, SCTP goes to embedded (usrsctp, or one that lies in its place) where asked has
   none. False when memory is gone. */
bool choice_make(struct choice *choice, const struct config *config, const struct stack *asked,
                 const struct stack *embedded, const struct suite *suite);
void choice_free(struct choice *choice);

#endif
