/*
 * Fitting: whether a fault is one that could meet this call on this socket now.
 */
#ifndef SOCKPROOF_PRELOAD_FITS_H
#define SOCKPROOF_PRELOAD_FITS_H

#include "preload/gate.h"

/* True when the action with its argument may happen to the call at the gate. lenient: at any time
   that POSIX allows; else only when Linux could do it. errno stays. */
bool fits(const struct gate *gate, enum fault_action action, int64_t argument, bool lenient);
/* True for an error after which a stream is dead. */
bool fits_fatal(int error);

#endif
