/* SPDX-License-Identifier: MIT */
/* The operations that verbs of several families share: of what a call moves. */
#include "trial/pending.h"
#include "verb/ops.h"

size_t gathered_success(const struct call *call)
{
    return call->gathered.size;
}

struct piece gathered_bytes(const struct call *call)
{
    return call->gathered;
}

static void end_gathered(struct trial *trial, struct pending *pending)
{
    account_sent(trial, pending, pending_call(trial, pending)->gathered);
}

const struct account account_gathered = {gathered_bytes, end_gathered};
const struct account account_receive = {NULL, account_received};
