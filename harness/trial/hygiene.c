/* SPDX-License-Identifier: MIT */
#include "trial/hygiene.h"

#include "case/variant.h"
#include "trial/hosting.h"
#include "trial/leftover.h"
#include "trial/mention.h"
#include "trial/mounts.h"
#include "wire/inspect.h"

#include <errno.h>
#include <string.h>

/* What a case could do to its hosts. A program can do all, and so can who speaks netlink; a cookie
   of fast open is remembered for the peer. Who makes packets may make one of ICMP that never
   crosses the wire. */
static enum inspection could(const struct variant *variant)
{
    static const char *const far[] = {"AF_NETLINK", "TCP_FASTOPEN", "TCP_FASTOPEN_CONNECT",
                                      "MSG_FASTOPEN", NULL};
    static const char *const near[] = {"SOCK_RAW", "AF_PACKET", NULL};
    enum transport transport = variant->file->transport;
    if (variant_runs_program(variant, NULL) || mention_any(variant, far))
        return INSPECT_ALL;
    bool makes = transport == TRANSPORT_RAW || transport == TRANSPORT_ICMP;
    return makes || mention_any(variant, near) ? INSPECT_NEAR : INSPECT_NOTICES;
}

void hygiene_begin(struct trial *trial)
{
    struct stage *stage = trial->stage;
    trial->inspection = could(trial->variant);
    if (stage->on_wire && trial->inspection == INSPECT_ALL && inspect_prepare(&stage->hosts) < 0)
        trial_broken(trial, CODE_HOSTS_FAILED, "the hosts could not be looked at: %s",
                     strerror(errno));
}

static void note(struct trial *trial, const char *text)
{
    trial_event(trial, "note", "harness", text,
                json_pack("{s:s}", "code", code_word(CODE_HOSTS_CHANGED)));
}

/* Only a program leaves processes. */
static bool ended_leftovers(struct trial *trial)
{
    const struct programs *programs = &trial->programs;
    const struct leftover leftover = {.stays = cast_has,
                                      .context = &trial->stage->cast,
                                      .groups = programs->group,
                                      .count = programs->group_count};
    char name[64] = "";
    int count =
        variant_runs_program(trial->variant, NULL) ? leftover_end(&leftover, name, sizeof name) : 0;
    if (count > 0)
        note(trial, trial_text(trial, "the case left %d process%s running, the first is '%s': %s",
                               count, count == 1 ? "" : "es", name,
                               count == 1 ? "it was ended" : "they were ended"));
    return count > 0;
}

bool hygiene_end(struct trial *trial)
{
    struct stage *stage = trial->stage;
    char what[300];
    bool left =
        ended_leftovers(trial) || (variant_runs_program(trial->variant, NULL) && mounts_written());
    bool taught = stage->on_wire && wire_taught(stage->wire);
    enum inspection how =
        trial->inspection == INSPECT_NOTICES && taught ? INSPECT_NEAR : trial->inspection;
    bool fragmented = stage->on_wire && wire_fragmented(stage->wire);
    bool changed =
        stage->on_wire && (inspect(&stage->hosts, how, what, sizeof what) ||
                           (fragmented && inspect_fragments(&stage->hosts, what, sizeof what)));
    if (changed)
        note(trial, trial_text(trial,
                               "the case changed its hosts for the next, which have fresh "
                               "ones: %s",
                               what));
    return left || changed || hosting_used_up(stage);
}
