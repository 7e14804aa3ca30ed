/* SPDX-License-Identifier: MIT */
/*
 * A list of options, as a case gives it for a header: whether it can be, and its bytes.
 */
#ifndef SOCKPROOF_CASE_OPTIONLIST_H
#define SOCKPROOF_CASE_OPTIONLIST_H

#include "case/node.h"
#include "packet/draft.h"
#include "packet/headoption.h"

/* What is wrong with a list. */
struct optionlist_flaw {
    const struct node *node;
    const char *what, *advice; /* advice may be NULL */
};

enum optionlist_use {
    OPTIONLIST_MADE, /* made so */
    OPTIONLIST_SEEN, /* looked for, exactly so */
    OPTIONLIST_AMONG /* looked for among others, in any order */
};

/* True when a header can have the options of a list whose members are good each by itself; a value
   that is not known yet counts as possible. Otherwise flaw says why not. */
bool optionlist_possible(const struct headoption_set *set, const struct node *list,
                         enum optionlist_use use, struct optionlist_flaw *flaw);
/* Puts the options into a layer of the draft, blocks counted from the first number of its receiver.
   False when they cannot be. A reference that stands for nothing yet is 0, or no bytes. */
bool optionlist_put(struct draft *draft, const char *layer, const struct headoption_set *set,
                    const struct node *list);

#endif
