/* SPDX-License-Identifier: MIT */
/*
 * What only a look at an option tells of its value: whether an address can be what stands there,
 * the members of SCTP's structures, and that no build carries it.
 */
#ifndef SOCKPROOF_CASE_OPTIONCHECK_H
#define SOCKPROOF_CASE_OPTIONCHECK_H

#include "case/complaint.h"
#include "case/constant.h"

/* False after a complaint, at name, when the harness cannot carry the option. */
bool optioncheck_carried(struct complaints *list, const struct option *option,
                         const struct node *name);
/* False after a complaint when the value, which has the option's shape, is none that can be given.
 */
bool optioncheck_given(struct complaints *list, const struct option *option,
                       const struct node *value);
/* The same of a value that is expected of getsockopt. */
bool optioncheck_seen(struct complaints *list, const struct option *option,
                      const struct node *value);

/* A copy of node in which the words of option values are the numbers that they stand for, so that
   who carries the step out need not know the words. The arena's. */
const struct node *optioncheck_numbers(struct arena *arena, const struct node *node);
/* A copy of the bytes {hex: …} that are expected of an option, as an event tells them: digits
   alone, in small letters. The arena's. A value that a reference stands for, whole or in the place
   of the digits, is value itself: what is saved is as an event tells it already. */
const struct node *optioncheck_digits(struct arena *arena, const struct node *value);
/* False after a complaint when a control message of a send, which has the shape of one, is of a
   type that the harness cannot make, or has members that its type has not. */
bool optioncheck_control(struct complaints *list, const struct node *item);
/* The same of a list of those that are expected of a receive: one is of a type that never comes, or
   has members that such a one never has. */
bool optioncheck_control_seen(struct complaints *list, const struct node *items);

#endif
