/* The verbs of SCTP's own calls (RFC 6458 sections 8 and 9). */
#include "stack/sctp.h"
#include "actor/act.h"

#include <string.h>

static bool fails(enum fault_action action)
{
    return action == FAULT_ERRNO || action == FAULT_RESET;
}

int64_t do_sctp_sendv(struct act *act)
{
    struct call *call = act->call;
    const struct piece to = call->arg[4].piece;
    struct sctp_send info = {.stream = (uint16_t)act_number(act, 1),
                             .ppid = (uint32_t)act_number(act, 2),
                             .flags = (uint16_t)act_number(act, 3),
                             .policy = (uint16_t)act_number(act, 5),
                             .value = (uint32_t)act_number(act, 6),
                             .assoc = (uint32_t)act_number(act, 7)};
    size_t size = call->arg[0].piece.size;
    enum fault_action action = act_gate(act, "sctp_sendv", call->fd, &size, 0);
    if (fails(action))
        return -1;
    if (action == FAULT_DROP)
        return (int64_t)call->arg[0].piece.size;
    return act->stack->sctp->sendv(call->fd, act_bytes(act, 0), size,
                                   to.offset != 0 ? act_bytes(act, 4) : NULL, (socklen_t)to.size,
                                   &info, 0);
}

int64_t do_sctp_recvv(struct act *act)
{
    struct call *call = act->call;
    size_t size = (size_t)act_number(act, 0);
    call->flags = (int)act_number(act, 1);
    call->from_size = sizeof call->from;
    if (fails(act_gate(act, "sctp_recvv", call->fd, &size, call->flags)))
        return -1;
    int64_t result = act->stack->sctp->recvv(call->fd, shared_at(act->actor->shared, call->out),
                                             size, (struct sockaddr *)&call->from, &call->from_size,
                                             &call->told, &call->flags);
    if (result > 0)
        call->size = (uint64_t)result;
    if (result < 0)
        call->from_size = 0;
    return result;
}

static bool refused(struct act *act, const char *name)
{
    return fails(act_gate(act, name, act->call->fd, NULL, 0));
}

int64_t do_sctp_peeloff(struct act *act)
{
    return refused(act, "sctp_peeloff")
               ? -1
               : act->stack->sctp->peeloff(act->call->fd, (uint32_t)act_number(act, 0));
}

int64_t do_sctp_bindx(struct act *act)
{
    const struct piece to = act->call->arg[0].piece;
    return refused(act, "sctp_bindx")
               ? -1
               : act->stack->sctp->bindx(act->call->fd, act_bytes(act, 0), (socklen_t)to.size,
                                         (int)act_number(act, 1));
}

int64_t do_sctp_connectx(struct act *act)
{
    const struct piece first = act->call->arg[0].piece;
    const struct piece second = act->call->arg[1].piece;
    char packed[2 * sizeof(struct sockaddr_in6)];
    uint32_t assoc = 0;
    memcpy(packed, act_bytes(act, 0), first.size);
    if (second.offset != 0)
        memcpy(packed + first.size, act_bytes(act, 1), second.size);
    return refused(act, "sctp_connectx")
               ? -1
               : act->stack->sctp->connectx(act->call->fd, packed, second.offset != 0 ? 2 : 1,
                                            &assoc);
}

int64_t do_sctp_getpaddrs(struct act *act)
{
    struct call *call = act->call;
    call->from_size = sizeof call->from;
    return refused(act, "sctp_getpaddrs")
               ? -1
               : act->stack->sctp->getpaddrs(call->fd, (uint32_t)act_number(act, 0), &call->from);
}

int64_t do_sctp_getladdrs(struct act *act)
{
    struct call *call = act->call;
    call->from_size = sizeof call->from;
    return refused(act, "sctp_getladdrs")
               ? -1
               : act->stack->sctp->getladdrs(call->fd, (uint32_t)act_number(act, 0), &call->from);
}
