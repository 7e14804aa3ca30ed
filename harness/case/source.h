/* SPDX-License-Identifier: MIT */
/*
 * The source of a step: the one line by which reports show it.
 */
#ifndef SOCKPROOF_CASE_SOURCE_H
#define SOCKPROOF_CASE_SOURCE_H

#include "case/complaint.h"

/* Where the step before was found; zero at first. Steps that follow each other in the file are then
   found in one walk. */
struct source_place {
    int line;
    const char *at;
};

/* The step of actor (the member that holds its verb) as it stands in list->text when it is on one
   line, without dash and comment; otherwise in flow style. *place moves on to it. Owned by
   list->arena. */
const char *source_of_step(const struct complaints *list, const struct node *actor,
                           struct source_place *place);

#endif
