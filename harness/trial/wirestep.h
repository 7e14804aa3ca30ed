/*
 * The steps of the wire: what it sees, holds back, lets go and cuts.
 */
#ifndef SOCKPROOF_TRIAL_WIRESTEP_H
#define SOCKPROOF_TRIAL_WIRESTEP_H

#include "trial/trial.h"

/* Carries out a step whose verb is the wire's. sees: waits until the packet has been seen, at
   most deadline_us. */
void wirestep_run(struct trial *trial, const struct step *step, uint64_t deadline_us);

#endif
