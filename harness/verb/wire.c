/* The verbs of the wire: what it sees, holds back, lets go and cuts. */
#include "observe/packetmatch.h"
#include "packet/describe.h"
#include "packet/flows.h"
#include "trial/settle.h"
#include "trial/traffic.h"
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

static bool sighting_matches(const struct trial *trial, const struct step *step,
                             const struct sighting *seen, struct answered *answered)
{
    const struct node *from = step->modifier[MODIFIER_from];
    const struct node *fate = step->expect[EXPECT_fate];
    struct packet packet;
    return (from == NULL || node_is(from, side_name(seen->from))) &&
           (fate == NULL || node_is(fate, fate_name(seen->fate))) &&
           traffic_packet(seen, &packet) &&
           packetmatch(step->param[0], &packet, &trial->stage->hosts.naming, answered);
}

/* The next sighting behind the last match of its direction; marks it as matched. */
static bool scan(struct trial *trial, const struct step *step, struct answered *answered)
{
    bool found = false;
    for (size_t i = 0; i < trial->seen.count && !found; i++) {
        const struct sighting *seen = &trial->seen.sightings[i];
        if (i < trial->seen.to[seen->from] || !sighting_matches(trial, step, seen, answered))
            continue;
        trial->seen.to[seen->from] = i + 1;
        found = true;
    }
    return found;
}

/* What did come, for the message: the last few packets that the step could have meant. */
static char *what_came(struct trial *trial, const struct step *step)
{
    enum { SHOWN = 4 };
    const struct node *from = step->modifier[MODIFIER_from];
    char *text = trial_text(trial, "%s", "");
    int shown = 0;
    for (size_t i = trial->seen.count; i > 0 && shown < SHOWN; i--) {
        const struct sighting *seen = &trial->seen.sightings[i - 1];
        struct packet packet;
        char line[256];
        if ((from != NULL && !node_is(from, side_name(seen->from))) ||
            i - 1 < trial->seen.to[seen->from] || !traffic_packet(seen, &packet))
            continue;
        packet_line(&packet, &trial->stage->hosts.naming, line, sizeof line);
        text = trial_text(trial, "%s (%s)%s%s", line, fate_name(seen->fate), shown > 0 ? "; " : "",
                          text);
        shown++;
    }
    return shown > 0 ? text : trial_text(trial, "no packet");
}

/* Breaks the trial when no packet that the step compared has a field that it asks for, while one is
   what it means in all else. */
static bool unanswered(struct trial *trial, const struct step *step,
                       const struct answered *answered)
{
    char field[64];
    bool open = packetmatch_unanswered(step->param[0], answered, field, sizeof field);
    if (open)
        trial_broken(trial, CODE_NO_SUCH_FIELD,
                     "step %d asks for '%s', and no packet that it was compared with has such a "
                     "field: it proves nothing",
                     step->number, field);
    return open;
}

static void sees_one(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    struct until until = settle_until(trial, deadline_us);
    struct answered answered = {0, 0};
    bool found = scan(trial, step, &answered);
    while (!found && trial_good(trial) && !settle_over(trial, &until)) {
        if (settle_pump(trial) == 0 && !settle_advance(trial, &until))
            settle_idle(trial, &until);
        found = scan(trial, step, &answered);
    }
    char *expected = node_print(trial->arena, step->param[0]);
    if (found)
        trial_event(trial, "check", "wire", trial_text(trial, "sees %s: met", expected), NULL);
    else if (trial_good(trial) && !unanswered(trial, step, &answered))
        trial_fail(trial, NULL, CODE_NOT_SEEN, "sees", expected, what_came(trial, step));
}

/* count: how many packets since the last match are such; nothing is waited for. */
static void sees_count(struct trial *trial, const struct step *step)
{
    json_int_t count = 0;
    struct answered answered = {0, 0};
    for (size_t i = 0; i < trial->seen.count; i++) {
        const struct sighting *seen = &trial->seen.sightings[i];
        count += i >= trial->seen.to[seen->from] && sighting_matches(trial, step, seen, &answered);
    }
    json_t *observed = json_integer(count);
    if (!match_value(step->expect[EXPECT_count], observed))
        trial_fail(trial, NULL, CODE_MISMATCH, "count",
                   node_print(trial->arena, step->expect[EXPECT_count]),
                   trial_text(trial, "%lld", (long long)count));
    else
        unanswered(trial, step, &answered);
    json_decref(observed);
}

static void carry_sees(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    if (step->expect[EXPECT_count] != NULL)
        sees_count(trial, step);
    else
        sees_one(trial, step, deadline_us);
}

OPS_OF_WORKER(sees, carry_sees);

/* Read and checked; no build carries it out. */
OPS_OF_WORKER(sends, NULL);

struct wanted {
    struct trial *trial;
    const struct node *packet;
    struct answered answered;
};

static bool release_this(void *context, const struct packet *packet, enum side from)
{
    struct wanted *wanted = context;
    const struct stage *stage = wanted->trial->stage;
    struct packet numbered = flows_numbered(stage->flows, packet);
    (void)from;
    return packetmatch(wanted->packet, &numbered, &stage->hosts.naming, &wanted->answered);
}

static void carry_release(struct trial *trial, const struct step *step, uint64_t deadline_us)
{
    const struct node *what = step->param[0];
    (void)deadline_us;
    struct wanted wanted = {.trial = trial, .packet = what};
    bool all = what->kind == NODE_SCALAR;
    int count = wire_release(trial->stage->wire, mask_of(what), all ? NULL : release_this, &wanted);
    const struct node *expected = step->expect[EXPECT_count];
    json_t *observed = json_integer(count);
    if (expected != NULL && !match_value(expected, observed))
        trial_fail(trial, NULL, CODE_MISMATCH, "count", node_print(trial->arena, expected),
                   trial_text(trial, "%d packets let go", count));
    else if (!all && unanswered(trial, step, &wanted.answered))
        ; /* broken already */
    else if (!all && count == 0)
        trial_broken(trial, CODE_NOTHING_RELEASED,
                     "step %d let nothing go: no packet in hand is such", step->number);
    json_decref(observed);
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
