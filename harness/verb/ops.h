/* SPDX-License-Identifier: MIT */
/*
 * What a verb does, one operation beside the other; each stands in the file of its family.
 *
 * Every operation has its place: a verb that needs none says so with one of the words below, and a
 * verb of verb.def without operations does not link.
 */
#ifndef SOCKPROOF_VERB_OPS_H
#define SOCKPROOF_VERB_OPS_H

#include "actor/act.h"
#include "actor/gate.h"
#include "trial/account.h"
#include "trial/preparation.h"

struct verb_ops {
    /* Worker, with the parameters in call->in: what is given where the step gives nothing, and
       memory for what comes out. The trial is broken when it cannot be. */
    void (*prepare)(const struct preparation *preparation);
    /* Actor: makes the call; result and errno as its man page says. Any thread. */
    int64_t (*perform)(struct act *act);
    /* Worker: the result that is success when the step names none; 0: whatever is no error. */
    size_t (*success)(const struct call *call);
    /* Worker: what the call means for ledger and descriptors. */
    const struct account *account;
    /* Worker: what value: speaks of, or NULL. New reference. */
    json_t *(*value)(const struct trial *trial, const struct call *call);
    /* Worker: carries out a step that is no call of an actor; NULL: by an actor, or by whoever
       carries out steps (verb.def says which are about started calls). */
    void (*carry)(struct trial *trial, const struct step *step, uint64_t deadline_us);
};

/* Of a verb that is an actor's call, of one that the worker carries out by calls of an actor, and
   of one that it carries out itself. A relay alone has actors and no worker. */
#ifdef SOCKPROOF_RELAY
#define OPS(name, prepares, performs, succeeds, accounts, values)                                  \
    const struct verb_ops verb_ops_##name = {.perform = (performs)}
#define OPS_CARRIED(name, performs, carries) OPS(name, NULL, performs, NULL, NULL, NULL)
#else
#define OPS(name, prepare, perform, success, account, value)                                       \
    const struct verb_ops verb_ops_##name = {prepare, perform, success, account, value, NULL}
#define OPS_CARRIED(name, perform, carry)                                                          \
    const struct verb_ops verb_ops_##name = {prepare_nothing,  perform,  any_success,              \
                                             &account_nothing, no_value, carry}
#endif
#define OPS_OF_WORKER(name, carry) OPS_CARRIED(name, perform_nothing, carry)

/* The words for an operation that a verb does not need. */
void prepare_nothing(const struct preparation *preparation);
int64_t perform_nothing(struct act *act); /* fails with ENOSYS */
size_t any_success(const struct call *call);
extern const struct account account_nothing;
/* Of a verb whose results are only numbers: NULL. */
json_t *no_value(const struct trial *trial, const struct call *call);

/* The words that families share. Of a verb that sends what lies in several buffers: all of it. */
size_t gathered_success(const struct call *call);
struct piece gathered_bytes(const struct call *call);
extern const struct account account_gathered;
/* Of a verb that receives into out. */
extern const struct account account_receive;

#define VERB(name, ...) extern const struct verb_ops verb_ops_##name;
#include "verb/verb.def"
#undef VERB

#endif
