/* SPDX-License-Identifier: MIT */
#include "trial/outcome.h"

#include "observe/content.h"
#include "observe/symbol.h"
#include "stack/virtual_clock.h"
#include "trial/ancillary.h"
#include "trial/crash.h"
#include "trial/endpoint.h"
#include "trial/pending.h"
#include "trial/sctpvalue.h"
#include "verb/table.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

static json_t *messages_json(const struct trial *trial, const struct call *call)
{
    /* The ledger numbered them in the order of arrival; the last size2 arrivals are ours. */
    const int64_t *numbers = shared_at(trial->stage->shared, call->numbers);
    json_t *list = json_array();
    for (uint64_t i = 0; i < call->size2 && numbers != NULL; i++)
        json_array_append_new(list, json_integer(numbers[i]));
    return list;
}

/* {"sock": ["EPOLLIN"], …}: by the names that the case gave to the descriptors. */
static json_t *events_json(const struct trial *trial, const struct pending *pending,
                           const struct call *call)
{
    const struct epoll_event *events = shared_at(trial->stage->shared, call->out);
    json_t *json = json_object();
    size_t count = call->size / sizeof *events; /* not what a stack may have told beyond the room */
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < trial->names.descriptor_count; d++) {
            const struct descriptor *one = &trial->names.descriptors[d];
            struct epoll_event event;
            memcpy(&event, &events[i], sizeof event);
            if (one->owner == pending->member && one->fd == event.data.fd)
                json_object_set_new(json, one->name, symbol_flags(GROUP_EPOLL, event.events));
        }
    return json;
}

static void set(json_t *object, const char *key, json_t *value)
{
    if (value != NULL)
        json_object_set_new(object, key, value);
}

/* How long the call took by the clock of its stack. */
static json_int_t took_us(const struct trial *trial, const struct call *call)
{
    return trial->stage->stack->virtual_time
               ? (json_int_t)(call->ended_tick - call->began_tick) * VIRTUAL_TICK_US
               : (json_int_t)((call->ended_ns - call->began_ns) / 1000);
}

/* MSG_MORE has the same bit, but no receive gives it. */
static json_t *received_flags(int flags)
{
    json_t *names = symbol_flags(GROUP_MSG, flags & ~MSG_NOTIFICATION);
    if ((flags & MSG_NOTIFICATION) != 0)
        json_array_append_new(names, json_string("MSG_NOTIFICATION"));
    return names;
}

/* A signal is a signal, and no status. */
static void add_ending(const struct call *call, json_t *json)
{
    char killer[SYMBOL_SIGNAL];
    if (call->signal == 0) {
        set(json, "exit", json_integer(call->result));
    } else {
        set(json, "signal", json_string(symbol_signal(call->signal, killer)));
        set(json, "exit", json_string(killer));
    }
}

/* What a program said, as far as an event has room for it. */
static void add_said(const struct trial *trial, const struct call *call, json_t *json)
{
    char out[1024] = "", err[1024] = "";
    content_print(shared_at(trial->stage->shared, call->out), call->size, SHOWN_SAID, out,
                  sizeof out);
    content_print(shared_at(trial->stage->shared, call->out2), call->size2, SHOWN_SAID, err,
                  sizeof err);
    add_ending(call, json);
    set(json, "crashed", crash_below(trial, call->step));
    set(json, "stdout", json_string(out));
    set(json, "stderr", json_string(err));
    if (call->unkept[0] > 0 || call->unkept[1] > 0)
        set(json, "unkept",
            json_pack("[I, I]", (json_int_t)call->unkept[0], (json_int_t)call->unkept[1]));
}

static json_t *made(const struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    json_t *json = json_pack("{s:I, s:o, s:I}", "returns", (json_int_t)call->result, "errno",
                             symbol_name(GROUP_ERRNO, call->error), "took", took_us(trial, call));
    unsigned outs = verb_get(call->verb)->outs;
    bool succeeded = call->result >= 0;
    if (outs & OUT_stdout)
        add_said(trial, call, json);
    if (outs & OUT_count)
        set(json, "count", json_integer(call->result));
    if (outs & OUT_value)
        set(json, "value", verb_table(call->verb)->value(trial, call));
    if ((outs & OUT_revents) && succeeded)
        set(json, "revents", symbol_flags(GROUP_POLL, call->flags));
    if ((outs & OUT_events) && succeeded)
        set(json, "events", events_json(trial, pending, call));
    if ((outs & OUT_msg_flags) && succeeded)
        set(json, "msg_flags", received_flags(call->flags));
    if ((outs & OUT_control) && succeeded)
        set(json, "control", ancillary_json(trial, call->out2, call->size2));
    if ((outs & OUT_notification) && succeeded && (call->flags & MSG_NOTIFICATION) != 0)
        set(json, "notification",
            sctpvalue_notification(trial, shared_at(trial->stage->shared, call->out), call->size));
    if ((outs & OUT_info) && succeeded)
        set(json, "info", sctpvalue_info(&call->told));
    if ((outs & OUT_messages) != 0)
        set(json, "messages", messages_json(trial, call));
    if ((outs & OUT_from) && succeeded)
        set(json, "from", endpoint_told(trial, &call->from, call->from_size));
    if ((outs & OUT_addr) && succeeded)
        set(json, "addr", endpoint_told(trial, &call->from, call->from_size));
    return json;
}

json_t *outcome_json(const struct trial *trial, const struct pending *pending)
{
    return pending->outcome != NULL ? json_incref(pending->outcome) : made(trial, pending);
}

void outcome_keep(const struct trial *trial, struct pending *pending)
{
    pending->outcome = made(trial, pending);
}
