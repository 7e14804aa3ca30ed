/* SPDX-License-Identifier: MIT */
#include "trial/callevent.h"

#include "case/constant.h"
#include "observe/content.h"
#include "observe/symbol.h"
#include "trial/account.h"
#include "trial/collect.h"
#include "trial/outcome.h"
#include "trial/pending.h"
#include "verb/verb.h"

#include <string.h>

static const char *phase_of(const struct call *call, const char *phase)
{
    return strcmp(phase, "returned") == 0 && call->started ? "done" : phase;
}

static char *describe(struct trial *trial, const struct pending *pending, const char *phase)
{
    const struct call *call = pending_call(trial, pending);
    const char *what = pending->step != NULL ? pending->step->source : verb_get(call->verb)->name;
    const char *error = call->error != 0 ? constant_name(GROUP_ERRNO, call->error) : NULL;
    char bytes[256] = "", killer[SYMBOL_SIGNAL];
    size_t size = 0;
    if (strcmp(phase, "returned") != 0)
        return trial_text(trial, "%s … %s", what, phase);
    const uint8_t *data = account_bytes(trial, pending, &size);
    if (data != NULL && size > 0)
        content_print(data, size, SHOWN_MOVED, bytes, sizeof bytes);
    if (call->signal != 0)
        return trial_text(trial, "%s: killed by %s", what, symbol_signal(call->signal, killer));
    return trial_text(trial, "%s = %lld%s%s%s%s%s", what, (long long)call->result,
                      call->error != 0 ? " " : "", call->error != 0 && error == NULL ? "errno" : "",
                      error != NULL ? error : "", bytes[0] != '\0' ? " " : "", bytes);
}

/* Where its socket is in packets, as far as that is known. */
static void add_ports(struct ports_of ports, json_t *members)
{
    if (ports.own != 0 || ports.peer != 0)
        json_object_set_new(members, "ports", json_pack("[i, i]", ports.own, ports.peer));
}

void callevent(struct trial *trial, const struct pending *pending, const char *phase)
{
    const struct call *call = pending_call(trial, pending);
    bool over = strcmp(phase, "returned") == 0;
    if (trial->judgement.log.muted)
        return;
    json_t *members =
        json_pack("{s:s, s:s}", "call", verb_get(call->verb)->name, "phase", phase_of(call, phase));
    uint64_t at = log_now_us(&trial->judgement.log);
    if (over) {
        json_t *outcome = outcome_json(trial, pending);
        at = call->ended_ns > trial->judgement.log.start_ns
                 ? (call->ended_ns - trial->judgement.log.start_ns) / 1000
                 : 0;
        json_object_set_new(members, "duration_us",
                            json_integer((json_int_t)((call->ended_ns - call->began_ns) / 1000)));
        json_object_set_new(members, "origin",
                            json_string(call->injected ? "injected" : "genuine"));
        json_object_update_missing(members, outcome);
        json_decref(outcome);
        collect_record(trial, pending, members);
        add_ports(pending_ports(trial, pending), members);
    }
    if (pending->group != NULL)
        json_object_set_new(members, "socket",
                            json_integer(pending->descriptor - pending->group->sockets));
    log_add(&trial->judgement.log, at, "call", pending->member->name, call->step,
            describe(trial, pending, phase), members);
}
