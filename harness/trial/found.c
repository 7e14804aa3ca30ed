/* SPDX-License-Identifier: MIT */
#include "trial/found.h"

#include "observe/match.h"
#include "observe/packetmatch.h"
#include "packet/saved.h"
#include "trial/judge.h"

void found_overdue(struct judgement *judgement, const char *call, uint64_t bound_us, bool asleep)
{
    judgement_fail(judgement, NULL, CODE_DEADLINE, "took",
                   judgement_text(judgement, "an end within %.3f s", (double)bound_us / 1e6),
                   judgement_text(judgement, "%s is still %s", call, asleep ? "asleep" : "busy"));
}

void found_storm(struct judgement *judgement, int count, const char *last)
{
    judgement_fail(judgement, "wire", CODE_STORM, "packets", judgement_text(judgement, "an end"),
                   judgement_text(judgement,
                                  "%d of one flow that bring nothing new, the last is %s", count,
                                  last));
}

void found_blocked(struct judgement *judgement, const char *call, bool asleep, bool ended,
                   int64_t result)
{
    if (!ended && asleep)
        return;
    judgement_fail(
        judgement, NULL, CODE_NOT_BLOCKED, "blocked",
        judgement_text(judgement, "%s is asleep", call),
        ended ? judgement_text(judgement, "%s has ended with %lld", call, (long long)result)
              : judgement_text(judgement, "%s is not asleep", call));
}

void found_script(struct judgement *judgement, enum code code, const char *field,
                  const char *expected, const char *observed)
{
    judgement_fail(judgement, NULL, code, field, judgement_text(judgement, "%s", expected),
                   judgement_text(judgement, "%s", observed));
}

static void judge_count(struct judgement *judgement, const struct step *step, json_int_t count,
                        const char *unit)
{
    const struct node *expected = step->expect[EXPECT_count];
    json_t *observed = json_integer(count);
    if (expected != NULL && !match_value(expected, observed))
        judgement_fail(judgement, NULL, CODE_MISMATCH, "count",
                       judge_show_node(judgement, expected),
                       judgement_text(judgement, "%lld%s", (long long)count, unit));
    json_decref(observed);
}

void found_diverged(struct judgement *judgement, uint64_t offset, int expected, int observed)
{
    unsigned long long at = offset;
    judgement_fail(
        judgement, NULL, CODE_STREAM_DIVERGED, "data",
        expected < 0
            ? judgement_text(judgement, "nothing behind stream byte %llu: no more was sent", at)
            : judgement_text(judgement, "stream byte %llu = 0x%02x, as it was sent", at,
                             (unsigned)expected),
        judgement_text(judgement, "0x%02x", (unsigned)observed));
}

void found_crashed(struct judgement *judgement, const char *actor, const char *why)
{
    judgement_fail(judgement, actor, CODE_STACK_CRASHED, "process",
                   judgement_text(judgement, "%s still runs", actor),
                   judgement_text(judgement, "the stack in it ended it by %s", why));
}

void found_missing(struct judgement *judgement, const char *actor, const char *name,
                   const char *why)
{
    judgement_fail(judgement, actor, CODE_NO_SUCH_DESCRIPTOR, "descriptor",
                   judgement_text(judgement, "a descriptor '%s'", name),
                   judgement_text(judgement, "none: %s", why));
}

void found_quiet(struct judgement *judgement, const char *what)
{
    judgement_fail(judgement, NULL, CODE_NOT_QUIET, "quiet",
                   judgement_text(judgement, "nothing arrives"),
                   judgement_text(judgement, "%s", what));
}

/* False with the trial broken when no packet that the step compared has a field that it asks for,
   while one is what it means in all else. */
static bool found_answered(struct judgement *judgement, const struct step *step,
                           const struct answered *answered)
{
    char field[64];
    bool open = packetmatch_unanswered(step->param[0], answered, field, sizeof field);
    if (open)
        judgement_broken(judgement, CODE_NO_SUCH_FIELD,
                         "step %d asks for '%s', and no packet that it was compared with has such "
                         "a field: it proves nothing",
                         step->number, field);
    return !open;
}

void found_seen(struct judgement *judgement, const struct step *step, bool found,
                const struct answered *answered, char *what_came)
{
    char *expected = judge_show_node(judgement, step->param[0]);
    char field[64];
    if (packetmatch_unanswered(step->param[0], answered, field, sizeof field))
        what_came = judgement_text(judgement, "%s; what is so in all else has no '%s'",
                                   what_came != NULL ? what_came : "", field);
    if (found)
        judgement_event(judgement, "check", "wire",
                        judgement_text(judgement, "sees %s: met", expected),
                        json_pack("{s:s, s:s, s:s, s:b}", "field", "sees", "expected", expected,
                                  "observed", expected, "met", true));
    else if (judgement_good(judgement))
        judgement_fail(judgement, NULL, CODE_NOT_SEEN, "sees", expected, what_came);
}

void found_seen_saved(struct judgement *judgement, const struct step *step,
                      const struct packet *packet)
{
    const struct node *wanted = step->modifier[MODIFIER_save];
    json_t *fields = json_object();
    for (const struct node *one = wanted != NULL ? wanted->first : NULL; one != NULL;
         one = one->next)
        json_object_set_new(fields, one->key, saved_value(packet, one->key));
    judge_save(judgement, step, fields, NULL);
    json_decref(fields);
}

void found_counted(struct judgement *judgement, const struct step *step, long long count,
                   const struct answered *answered)
{
    judge_count(judgement, step, count, "");
    if (judgement_good(judgement))
        found_answered(judgement, step, answered);
}

void found_released(struct judgement *judgement, const struct step *step, int count, bool holds,
                    const struct answered *answered)
{
    bool all = step->param[0]->kind == NODE_SCALAR;
    judge_count(judgement, step, count, " packets let go");
    if (!judgement_good(judgement) || all || count > 0)
        return;
    if (step->expect[EXPECT_count] != NULL)
        found_answered(judgement, step, answered);
    else if (holds)
        judgement_fail(judgement, NULL, CODE_NOTHING_RELEASED, "release",
                       judge_show_node(judgement, step->param[0]),
                       judgement_text(judgement, "no packet in hand is such"));
    else
        judgement_broken(judgement, CODE_NOTHING_RELEASED,
                         "step %d let nothing go: no step holds that side", step->number);
}
