/* SPDX-License-Identifier: MIT */
/*
 * A form: how a step writes what goes into its verb. Scalars, lists, mappings by name and the
 * short forms ({SO_RCVBUF: 1MiB}, {text: "abU", flags: [MSG_OOB]}) all come out as one node per
 * parameter.
 */
#ifndef SOCKPROOF_CASE_FORM_H
#define SOCKPROOF_CASE_FORM_H

#include "case/complaint.h"
#include "verb/verb.h"

/* True for verbs whose mapping may be {FIRST: SECOND}: setsockopt, fcntl, ioctl, sigaction. */
bool form_is_pair(const struct verb *verb);
/* What a step with this verb may expect: OUT_* bits. */
unsigned form_outs(const struct verb *verb);
/* True when the modifier means something beside the verb. */
bool form_takes_modifier(const struct verb *verb, enum modifier modifier);
/* Sorts in, which stands in the place of the verb's parameters, into param by number (NULL = not
   given). What is made anew belongs to list->arena. False after a complaint. */
bool form_read(struct complaints *list, const struct verb *verb, const struct node *in,
               const struct node *param[PARAM_MAX]);

#endif
