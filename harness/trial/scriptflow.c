/* SPDX-License-Identifier: MIT */
#include "trial/scriptflow.h"

#include <string.h>

uint32_t scriptflow_local(const struct scriptflow *flow, bool syn)
{
    uint32_t offset = flow->local_live - (syn ? flow->local_script : 0);
    return flow->local_known ? offset : 0;
}

uint32_t scriptflow_remote(const struct scriptflow *flow, bool syn)
{
    return syn ? 0 : flow->remote;
}

void scriptflow_remote_begins(struct scriptflow *flow, uint32_t number)
{
    flow->remote = number;
}

void scriptflow_local_begins(struct scriptflow *flow, uint32_t script, uint32_t live)
{
    flow->local_known = true;
    flow->local_script = script;
    flow->local_live = live;
}

void scriptflow_stamped(struct scriptflow *flow, uint32_t script, uint32_t live)
{
    flow->stamp[flow->stamps++ % SCRIPTFLOW_STAMPS] = (struct scriptflow_stamp){script, live};
}

uint32_t scriptflow_echo(const struct scriptflow *flow, uint32_t script)
{
    size_t kept = flow->stamps < SCRIPTFLOW_STAMPS ? flow->stamps : SCRIPTFLOW_STAMPS;
    for (size_t i = 1; i <= kept; i++) { /* the last one that was called so */
        const struct scriptflow_stamp *one = &flow->stamp[(flow->stamps - i) % SCRIPTFLOW_STAMPS];
        if (one->script == script)
            return one->live;
    }
    return script;
}

bool scriptflow_is_own(const struct scriptflow *flow, const struct packet *packet)
{
    return packet->family == flow->family && packet->source_port == flow->own_port &&
           packet->destination_port == flow->peer_port &&
           memcmp(&packet->source, &flow->own, sizeof flow->own) == 0 &&
           memcmp(&packet->destination, &flow->peer, sizeof flow->peer) == 0;
}
