/* SPDX-License-Identifier: MIT */
/*
 * The signals that an actor catches: counted in the shared memory, so that a case can expect them.
 */
#ifndef SOCKPROOF_ACTOR_SIGNALS_H
#define SOCKPROOF_ACTOR_SIGNALS_H

#include <stdatomic.h>
#include <stdint.h>

/* Counts from now on into counts, one for each signal number below most, and at 0 all that came of
   any of them, so that one look tells whether there is a new one; and catches the signals
   that sockets raise (SIGPIPE, SIGURG, SIGIO). Once in a process. */
void signals_begin(_Atomic uint32_t *counts, int most);
/* What the caller of a run has ignored (nohup(1), a shell in the background) is ignored no more: a
   case, its stack and its programs meet signals alike however the run was started. But SIGXFSZ,
   which the harness itself ignores. */
void signals_by_default(void);
/* Has the process catch and count a signal, with SA_* flags; as sigaction(2). */
int signals_catch(int number, int flags);

#endif
