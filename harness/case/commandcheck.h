/* SPDX-License-Identifier: MIT */
/*
 * What only a look at a command of fcntl or a request of ioctl tells of its step: whether it takes
 * something, and whether it gives something back.
 */
#ifndef SOCKPROOF_CASE_COMMANDCHECK_H
#define SOCKPROOF_CASE_COMMANDCHECK_H

#include "case/case.h"
#include "case/complaint.h"

/* Complains, at its place, of a command that is given what it does not take or not given what it
   takes, and of a value that is expected of a request which gives none back: it would be the one
   that the case itself gave. A step of another verb is none of its business. */
void commandcheck_step(struct complaints *list, const struct step *step);

#endif
