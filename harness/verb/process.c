/* SPDX-License-Identifier: MIT */
/* The verbs of the actor's process: signals. */
#include "actor/signals.h"
#include "trial/pending.h"
#include "verb/ops.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static int64_t perform_sigaction(struct act *act)
{
    const struct process_in *in = &act->call->in.process;
    return signals_catch((int)in->signal.number, (int)in->flags.number);
}

OPS(sigaction, prepare_nothing, perform_sigaction, any_success, &account_nothing, no_value);

/* at: a started call's thread gets the signal; otherwise the process does. */
static void prepare_kill(const struct preparation *p)
{
    const struct node *at = p->step->modifier[MODIFIER_at];
    const struct pending *target = at != NULL ? pending_find(p->trial, at->text) : NULL;
    if (target != NULL)
        p->call->in.process.thread.number = atomic_load(&pending_call(p->trial, target)->tid);
}

static int64_t perform_kill(struct act *act)
{
    int number = (int)act->call->in.process.signal.number;
    int tid = (int)act->call->in.process.thread.number;
    int result = tid > 0 ? tgkill(getpid(), tid, number) : kill(getpid(), number);
    act->call->lacked = result < 0 && errno == EAGAIN ? errno : 0; /* signals that wait */
    return result;
}

OPS(kill, prepare_kill, perform_kill, any_success, &account_nothing, no_value);
