/* SPDX-License-Identifier: MIT */
/* The verbs that ask and tell a socket: its options, and the commands of fcntl and ioctl. */
#include "case/constant.h"
#include "case/limit.h"
#include "case/structure.h"
#include "observe/symbol.h"
#include "trial/aside.h"
#include "trial/descriptor.h"
#include "trial/memory.h"
#include "trial/optionvalue.h"
#include "trial/pending.h"
#include "verb/ops.h"

#include <fcntl.h>
#include <string.h>
#include <sys/param.h>
#include <sys/time.h>

/* What stands where a call is to write before it has written: no zero, which may be expected. */
enum { UNWRITTEN = 0x5a, UNWRITTEN_INT = 0x5a5a5a5a };

/* --- getsockopt and setsockopt ------------------------------------------------------------- */

/* As much room as a program gives, or the case says. */
static void prepare_getsockopt(const struct preparation *p)
{
    const struct piece of = p->call->in.option.of.piece;
    int64_t name = p->call->in.option.name.number;
    const struct option *option = option_numbered((int)(name >> 32), (int)name);
    size_t usual = option != NULL ? structure_size(option->type) : 0;
    size_t room = usual > 0 && usual >= of.size ? usual : OPTION_ROOM;
    if (p->step->param[2] != NULL)
        room = (size_t)p->call->in.option.len.number;
    p->call->out = memory_new(p->trial, room);
    bool asks = option != NULL && option->type == OPTION_SCTP; /* of an association, say */
    if (p->call->out.offset != 0 && !asks)
        memset(memory_at(p->trial, p->call->out), UNWRITTEN, room);
    if (of.offset != 0 && p->call->out.offset != 0)
        memcpy(memory_at(p->trial, p->call->out), memory_at(p->trial, of),
               of.size < room ? of.size : room);
}

static int64_t perform_getsockopt(struct act *act)
{
    struct call *call = act->call;
    int64_t option = call->in.option.name.number;
    socklen_t size = (socklen_t)call->out.size;
    struct meeting meeting = gate_at(act, POINT_getsockopt);
    meeting.level = (int)(option >> 32);
    meeting.option = (int)option;
    meeting.value = shared_at(act->actor->shared, call->out);
    int64_t result = GATED(
        act, &meeting,
        act->stack->getsockopt(call->fd, meeting.level, meeting.option, meeting.value, &size));
    call->size = result == 0 ? MIN(size, call->out.size) : 0;
    call->beyond = result == 0 ? size - call->size : 0;
    return result;
}

/* A length beyond the room is that of no value, whatever it holds (getsockopt() DESCRIPTION). */
static json_t *value_getsockopt(const struct trial *trial, const struct call *call)
{
    const void *bytes = memory_at(trial, call->out);
    if (call->beyond > 0)
        return json_sprintf("%llu bytes, where there was room for %llu",
                            (unsigned long long)call->size + call->beyond,
                            (unsigned long long)call->size);
    return call->result >= 0
               ? optionvalue_json(trial, call->in.option.name.number, bytes, call->size)
               : NULL;
}

OPS(getsockopt, prepare_getsockopt, perform_getsockopt, any_success, &account_nothing,
    value_getsockopt);

static int64_t perform_setsockopt(struct act *act)
{
    const struct option_in *in = &act->call->in.option;
    struct meeting meeting = gate_at(act, POINT_setsockopt);
    return GATED(act, &meeting,
                 act->stack->setsockopt(act->call->fd, (int)(in->name.number >> 32),
                                        (int)in->name.number, act_bytes(act, &in->value),
                                        (socklen_t)in->value.piece.size));
}

static const struct account account_setsockopt = {NULL, aside_option};

OPS(setsockopt, prepare_nothing, perform_setsockopt, any_success, &account_setsockopt, no_value);

/* --- fcntl and ioctl ----------------------------------------------------------------------- */

static int64_t perform_fcntl(struct act *act)
{
    const struct option_in *in = &act->call->in.option;
    struct meeting meeting = gate_at(act, POINT_fcntl);
    return GATED(act, &meeting,
                 act->stack->fcntl(act->call->fd, (int)in->cmd.number, (long)in->arg.number));
}

/* A descriptor that a step has a name for. */
static void end_fcntl(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    int64_t command = call->in.option.cmd.number;
    bool doubles = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
    if (doubles && call->result >= 0 && pending->step != NULL &&
        pending->step->modifier[MODIFIER_as] != NULL)
        descriptor_doubled(trial, pending);
}

static json_t *value_fcntl(const struct trial *trial, const struct call *call)
{
    (void)trial;
    json_t *json = NULL;
    if (call->result >= 0 && call->in.option.cmd.number == F_GETFL)
        json = symbol_flags(GROUP_OPEN, call->result);
    else if (call->result >= 0 && call->in.option.cmd.number == F_GETFD)
        json = symbol_flags(GROUP_FD, call->result);
    else if (call->result >= 0)
        json = json_integer(call->result);
    return json;
}

static const struct account account_fcntl = {NULL, end_fcntl};

OPS(fcntl, prepare_nothing, perform_fcntl, any_success, &account_fcntl, value_fcntl);

static void prepare_ioctl(const struct preparation *p)
{
    const size_t room = sizeof(struct timeval); /* the most that one gives */
    p->call->out = memory_new(p->trial, room);
    if (p->call->out.offset == 0)
        return;
    memset(memory_at(p->trial, p->call->out), UNWRITTEN, room);
    if (p->step->param[1] != NULL) {
        int number = (int)p->call->in.option.arg.number;
        memcpy(memory_at(p->trial, p->call->out), &number, sizeof number);
    }
}

static int64_t perform_ioctl(struct act *act)
{
    struct call *call = act->call;
    struct meeting meeting = gate_at(act, POINT_ioctl);
    call->size = sizeof(int);
    return GATED(act, &meeting,
                 act->stack->ioctl(call->fd, (unsigned long)call->in.option.request.number,
                                   shared_at(act->actor->shared, call->out)));
}

static json_t *value_ioctl(const struct trial *trial, const struct call *call)
{
    int value = 0;
    memcpy(&value, memory_at(trial, call->out), sizeof value);
    if (call->result < 0)
        return NULL;
    return value == UNWRITTEN_INT ? json_string("nothing was written") : json_integer(value);
}

OPS(ioctl, prepare_ioctl, perform_ioctl, any_success, &account_nothing, value_ioctl);
