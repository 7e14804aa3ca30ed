/* SPDX-License-Identifier: MIT */
/*
 * A preparation: a call being made from a step, before it goes to its actor.
 */
#ifndef SOCKPROOF_TRIAL_PREPARATION_H
#define SOCKPROOF_TRIAL_PREPARATION_H

#include "trial/state.h"

struct preparation {
    struct trial *trial;
    const struct step *step;
    struct pending *pending;
    struct call *call;
};

#endif
