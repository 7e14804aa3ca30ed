/* SPDX-License-Identifier: MIT */
/* The verbs of the wire: what it sees, holds back, lets go and cuts. */
#include "observe/packetmatch.h"
#include "packet/distinct.h"
#include "packet/flows.h"
#include "trial/found.h"
#include "trial/saying.h"
#include "trial/settle.h"
#include "trial/sighting.h"
#include "verb/ops.h"

#include <stdlib.h>
#include <string.h>

static unsigned mask_of(const struct node *what)
{
    unsigned both = 1U << SIDE_CLIENT | 1U << SIDE_SERVER;
    unsigned mask = both;
    if (node_is(what, "client"))
        mask = 1U << SIDE_CLIENT;
    else if (node_is(what, "server"))
        mask = 1U << SIDE_SERVER;
    return mask;
}

/* The directions that a step speaks of: what: client is what the client sends. */
static unsigned directions(const struct step *step)
{
    const struct node *to = step->modifier[MODIFIER_to];
    unsigned receivers = to != NULL ? mask_of(to) : 0;
    unsigned senders = to == NULL ? mask_of(NULL) : ~receivers;
    return mask_of(step->param[0]) & mask_of(step->modifier[MODIFIER_from]) & senders;
}

static void sees_one(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    struct until until = settle_until(trial, deadline_us);
    struct answered answered = {0, 0};
    const struct sighting *found = sighting_next(&trial->seen, step, &answered);
    struct packet packet;
    while (found == NULL && trial_good(trial) && !settle_over(trial, &until)) {
        if (settle_pump(trial) == 0 && !settle_advance(trial, &until))
            settle_idle(trial, &until);
        found = sighting_next(&trial->seen, step, &answered);
    }
    found_seen(&trial->judgement, step, found != NULL, &answered,
               found != NULL ? NULL : sighting_what_came(&trial->seen, step, trial->arena));
    if (found != NULL && sighting_packet(found, &packet))
        found_seen_saved(&trial->judgement, step, &packet);
}

/* count: how many since the last match are such; nothing is waited for. */
static void sees_count(struct trial *trial, const struct step *step)
{
    struct answered answered = {0, 0};
    long long count = sighting_count(&trial->seen, step, &answered);
    found_counted(&trial->judgement, step, count, &answered);
}

static void carry_sees(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    if (step->expect[EXPECT_count] != NULL)
        sees_count(trial, step);
    else
        sees_one(trial, step, deadline_us);
}

OPS_OF_WORKER(sees, carry_sees);

static void carry_sends(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    (void)deadline_us;
    saying_step(trial, step);
}

OPS_OF_WORKER(sends, carry_sends);

struct wanted {
    struct trial *trial;
    const struct node *packet; /* NULL: all */
    struct answered answered;
    struct distinct distinct;
    int fresh; /* of those that go: without what was sent again */
};

static bool release_this(void *context, const struct packet *packet, enum side from)
{
    struct wanted *wanted = context;
    const struct stage *stage = wanted->trial->stage;
    struct packet numbered = flows_numbered(stage->flows, packet);
    (void)from;
    bool goes = wanted->packet == NULL ||
                packetmatch(wanted->packet, &numbered, &stage->hosts.naming, &wanted->answered);
    wanted->fresh += goes && distinct_add(&wanted->distinct, packet);
    return goes;
}

static char *let_go(struct trial *trial, int count, int fresh)
{
    return count == fresh ? trial_text(trial, "%d packets let go", count)
                          : trial_text(trial, "%d packets let go, of which %d were sent again",
                                       count, count - fresh);
}

/* What was let go stands in the log before it is judged; as does what no packet could answer. */
static void carry_release(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    const struct node *what = step->param[0];
    (void)deadline_us;
    bool all = what->kind == NODE_SCALAR;
    struct wanted wanted = {
        .trial = trial, .packet = all ? NULL : what, .distinct = {trial->arena, NULL}};
    bool holds = wire_holds(trial->stage->wire, directions(step));
    int count = wire_release(trial->stage->wire, directions(step), all, release_this, &wanted);
    trial_event(trial, "found", "wire", let_go(trial, count, wanted.fresh),
                json_pack("{s:i, s:i, s:b, s:[I, I]}", "released", wanted.fresh, "packets", count,
                          "holds", holds, "answered", (json_int_t)wanted.answered.had,
                          (json_int_t)wanted.answered.lacked));
    found_released(&trial->judgement, step, wanted.fresh, holds, &wanted.answered);
}

OPS_OF_WORKER(release, carry_release);

static void carry_hold(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    (void)deadline_us;
    wire_hold(trial->stage->wire, mask_of(step->param[0]));
}

OPS_OF_WORKER(hold, carry_hold);

static void carry_cut(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    (void)deadline_us;
    wire_cut(trial->stage->wire, mask_of(step->param[0]));
}

OPS_OF_WORKER(cut, carry_cut);

static void carry_heal(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    (void)deadline_us;
    wire_heal(trial->stage->wire, mask_of(step->param[0]));
}

OPS_OF_WORKER(heal, carry_heal);
