/* SPDX-License-Identifier: MIT */
/*
 * Socket options and commands on descriptors, of scripts.
 */
#ifndef SOCKPROOF_CASE_PKTSOCKOPT_H
#define SOCKPROOF_CASE_PKTSOCKOPT_H

#include "case/pktbuild.h"

/* Each makes the step of the call that it is called after. */
void pktsockopt_set(struct pktbuild *build);
void pktsockopt_get(struct pktbuild *build);
void pktsockopt_fcntl(struct pktbuild *build);
void pktsockopt_ioctl(struct pktbuild *build);

#endif
