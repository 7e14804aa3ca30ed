/* SPDX-License-Identifier: MIT */
#include "engine/unjudged.h"

#include "trial/result.h"
#include "trial/verdict.h"

#include "base/legible.h"

enum { REASON_ROOM = 2048 };

static json_t *result_of(enum verdict verdict, const char *reason)
{
    return json_pack("{s:s, s:s}", "verdict", verdict_name(verdict), "reason", reason);
}

json_t *unjudged_skip(struct skip skip)
{
    json_t *result = result_of(VERDICT_SKIP, skip.reason);
    json_object_set_new(result, "skip", json_pack("{s:s}", "code", code_word(skip.code)));
    return result;
}

json_t *unjudged_not_run(const char *reason)
{
    return result_of(VERDICT_NOT_RUN, reason);
}

/* The step of that number, or NULL. */
static const struct step *step_at(const struct variant *variant, int number)
{
    bool there = number >= 1 && (size_t)number <= variant->step_count;
    return there ? &variant->steps[number - 1] : NULL;
}

json_t *unjudged_broken(const struct variant *variant, enum code code, const char *reason,
                        const struct report *report)
{
    const struct casefile *file = variant->file;
    int reached = report != NULL ? atomic_load(&report->step) : 0;
    const struct step *step = step_at(variant, reached);
    struct mark mark = step != NULL ? step->mark : (struct mark){file->title_mark.line, 0};
    char text[REASON_ROOM];
    legible_copy(text, sizeof text, reason, sizeof text);
    json_t *result = result_of(VERDICT_BROKEN, text);
    json_object_set_new(
        result, "failure",
        json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:s, s:[], s:o}", "code", code_word(code), "file",
                  file->path, "line", mark.line, "column", mark.column, "step",
                  step != NULL ? step->number : 0, "source", step != NULL ? step->source : "",
                  "actor", "harness", "requirements", "not_run",
                  report != NULL ? result_not_run(variant, reached, false) : json_array()));
    return result;
}
