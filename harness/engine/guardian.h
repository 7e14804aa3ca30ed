/* SPDX-License-Identifier: MIT */
/*
 * A guardian: where no namespace ends what a case's programs have started, whoever of the engine is
 * killed. The engine's work is done by a process of its own below a keeper (program/keeper.h), and
 * who was started first only waits. If any one of the three is killed, or the group of the first
 * is, another one ends all that is left.
 */
#ifndef SOCKPROOF_ENGINE_GUARDIAN_H
#define SOCKPROOF_ENGINE_GUARDIAN_H

/* Does the work in a process of its own and ends this one as that one ended: with the status that
   it gives, or by the same signal. By SIGKILL when only the keeper was killed. Signals that end a
   run are handed on. Where no processes can be made the work is done here, before all ends the
   same. Borrows context. Single-threaded. */
_Noreturn void guardian_hold(int (*work)(const void *context), const void *context);

#endif
