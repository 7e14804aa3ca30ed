/* SPDX-License-Identifier: MIT */
/*
 * Named resets: what the steps and the faults of a case say of the resets that it has (of SCTP,
 * ABORTs). A name is of one reset: whose it is, of which connection, from when or until when.
 *
 * A connection is known by its ports, for no two of a case have the same at the same time; an
 * association by the same over all of its addresses. A port that is not known is any.
 */
#ifndef SOCKPROOF_TRIAL_NAMED_H
#define SOCKPROOF_TRIAL_NAMED_H

#include "trial/evidence.h"
#include "trial/verdict.h"

enum naming_by {
    NAMED_BY_ERROR,  /* a call, or an event, told the socket of it: it came, before that */
    NAMED_BY_PIPE,   /* so did EPIPE, which an end of the socket's own tells as well */
    NAMED_BY_SENDER, /* the socket sent it, in that step or later */
    NAMED_BY_PACKET, /* a crafted packet is it, or draws it, in that step or later: no more */
};

struct reset_name {
    enum naming_by by;
    enum side from; /* whose reset it is */
    uint16_t source, destination;
    int step;
    struct reset_name *next;
};

/* What the step names of what came of its call; nothing when it names none, or none came of it. */
void named_by_call(struct judgement *judgement, const struct step *step,
                   const struct evidence *evidence);
/* A fault reset a connection at a call of that actor, whose socket has these ports, in that step.
 */
void named_by_fault(struct judgement *judgement, const char *actor, const struct ports_of *ports,
                    int step);
/* True when the node speaks of a reset; it may be NULL. */
bool named_in(const struct node *node);
/* True when some step or fault of the variant may name one. */
bool named_anywhere(const struct variant *variant);

#endif
