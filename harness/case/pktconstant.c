/* SPDX-License-Identifier: MIT */
#include "case/pktconstant.h"

#include <time.h> /* struct timespec, for the next one */

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    int64_t value;
} constants[] = {
#define CONSTANT(name)                                                                             \
    {                                                                                              \
#name, name                                                                                \
    }
    CONSTANT(SOF_TIMESTAMPING_TX_HARDWARE),
    CONSTANT(SOF_TIMESTAMPING_TX_SOFTWARE),
    CONSTANT(SOF_TIMESTAMPING_RX_HARDWARE),
    CONSTANT(SOF_TIMESTAMPING_RX_SOFTWARE),
    CONSTANT(SOF_TIMESTAMPING_SOFTWARE),
    CONSTANT(SOF_TIMESTAMPING_RAW_HARDWARE),
    CONSTANT(SOF_TIMESTAMPING_OPT_ID),
    CONSTANT(SOF_TIMESTAMPING_TX_SCHED),
    CONSTANT(SOF_TIMESTAMPING_TX_ACK),
    CONSTANT(SOF_TIMESTAMPING_OPT_CMSG),
    CONSTANT(SOF_TIMESTAMPING_OPT_TSONLY),
    CONSTANT(SOF_TIMESTAMPING_OPT_STATS),
    {"SOF_TIMESTAMPING_OPT_ID_TCP", 1 << 16}, /* younger than the headers */
    CONSTANT(SO_EE_CODE_ZEROCOPY_COPIED),
    CONSTANT(SCM_TSTAMP_SND),
    CONSTANT(SCM_TSTAMP_SCHED),
    CONSTANT(SCM_TSTAMP_ACK),
#undef CONSTANT
};

bool pktconstant_find(const char *name, int64_t *value)
{
    bool found = false;
    for (size_t i = 0; i < sizeof constants / sizeof *constants && !found; i++) {
        found = strcmp(constants[i].name, name) == 0;
        if (found)
            *value = constants[i].value;
    }
    return found;
}
