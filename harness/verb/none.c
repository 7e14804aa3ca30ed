/* SPDX-License-Identifier: MIT */
/* The operations of verbs that need none. */
#include "verb/ops.h"

#include <errno.h>

void prepare_nothing(const struct preparation *preparation)
{
    (void)preparation;
}

int64_t perform_nothing(struct act *act)
{
    (void)act;
    errno = ENOSYS;
    return -1;
}

size_t any_success(const struct call *call)
{
    (void)call;
    return 0;
}

static void end_nothing(struct trial *trial, struct pending *pending)
{
    (void)trial;
    (void)pending;
}

const struct account account_nothing = {NULL, end_nothing};

json_t *no_value(const struct trial *trial, const struct call *call)
{
    (void)trial;
    (void)call;
    return NULL;
}
