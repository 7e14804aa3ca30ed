/* SPDX-License-Identifier: MIT */
#include "trial/shortage.h"

#include "trial/pending.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

/* With fewer descriptors, or less memory that may be locked, cases that are about neither fail. */
enum { LEAST_DESCRIPTORS = 1024, LEAST_LOCKED = 65536 };

static bool scarce(int resource, rlim_t least)
{
    struct rlimit limit;
    return getrlimit(resource, &limit) == 0 && limit.rlim_max < least;
}

/* Of a call that the case itself gives little the end is what the case is about. */
static bool is_meant(const struct pending *pending, const struct call *call)
{
    const struct step *step = pending->step;
    return call->limit_resource >= 0 || call->injected ||
           (step != NULL && step->expect[EXPECT_errno] != NULL);
}

static const char *limit_that_ended(const struct call *call)
{
    bool zero_copy = call->error == ENOBUFS && (call->asked & MSG_ZEROCOPY) != 0;
    if (call->error == ENFILE)
        return "the machine has no more files (sysctl fs.file-max)";
    if (call->error == EMFILE && scarce(RLIMIT_NOFILE, LEAST_DESCRIPTORS))
        return "a process may have too few descriptors (ulimit -n 1024, or more)";
    if (zero_copy && scarce(RLIMIT_MEMLOCK, LEAST_LOCKED))
        return "a process may lock too little memory (ulimit -l 64, or more)";
    return NULL;
}

const char *shortage_of(const struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    const char *what = NULL;
    if (call->lacked != 0)
        return trial_text(
            trial, "no thread, signal or program could be made for the call: %s (ulimit -u, -i)",
            strerror(call->lacked));
    if (call->error != 0 && !is_meant(pending, call))
        what = limit_that_ended(call);
    return what;
}
