/* SPDX-License-Identifier: MIT */
/*
 * The guard: the interposer's own descriptors, which a program that closes all that it does not
 * know leaves open without noticing.
 */
#ifndef SOCKPROOF_PRELOAD_GUARD_H
#define SOCKPROOF_PRELOAD_GUARD_H

#include "preload/handover.h"

/* From now on the library's functions that close and replace descriptors, as real.h has them, spare
   those of the handover. Before main. */
void guard_open(const struct handover *handover);
/* What is handed over now: a descriptor may have made room for one of the program's. Makes sure
   that an exec leaves them open. Any thread, and the child of a vfork. */
const struct handover *guard_handover(void);

#endif
