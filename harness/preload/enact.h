/*
 * Enacting: what a fault does to the call at the gate, and to its socket.
 */
#ifndef SOCKPROOF_PRELOAD_ENACT_H
#define SOCKPROOF_PRELOAD_ENACT_H

#include "preload/gate.h"

/* Does what the fault does before the call. False when the call is not to be made: gate->answer and
   errno are what the program gets. */
bool enact(struct gate *gate, const struct fault *fault);
/* Leaves no more than size bytes, or messages, for the call to move. */
void enact_cut(struct gate *gate, size_t size);
/* True when an earlier fault has ended the connection and this call finds its end (answer 0). */
bool enact_ended(struct gate *gate);
/* The real call has returned value, with *error as errno: what the program gets in its place. */
intptr_t enact_after(struct gate *gate, intptr_t value, int *error);

#endif
