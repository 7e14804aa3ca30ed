/* SPDX-License-Identifier: MIT */
#include "engine/again.h"

#include "base/array.h"
#include "case/casefile.h"
#include "trial/rejudge.h"

#include <stdlib.h>
#include <string.h>

/* A recorded run while it is read. */
struct rereading {
    const json_t *sources;
    FILE *events, *out;
    json_t *files;          /* case files that were read, by path: their place in list */
    struct casefile **list; /* owned */
    size_t count, room;
    struct again *again;
};

/* --- what was recorded ---------------------------------------------------------------------- */

/* The case as it was. NULL when the run does not hold it, or it can no longer be read. */
static const struct casefile *case_of(struct rereading *reading, const char *path)
{
    const json_t *known = json_object_get(reading->files, path);
    const json_t *text = json_object_get(reading->sources, path);
    if (known != NULL && reading->list != NULL)
        return reading->list[json_integer_value(known)];
    struct casefile *file = text != NULL ? casefile_parse(path, json_string_value(text),
                                                          json_string_length(text), NULL, false)
                                         : NULL;
    if (file == NULL)
        return NULL;
    json_object_set_new(reading->files, path, json_integer((json_int_t)reading->count));
    array_grow((void **)&reading->list, reading->count, &reading->room, sizeof *reading->list);
    reading->list[reading->count++] = file;
    return file;
}

static const struct variant *variant_of(struct rereading *reading, const json_t *result)
{
    const char *path = json_string_value(json_object_get(result, "file"));
    const char *id = json_string_value(json_object_get(result, "id"));
    const struct casefile *file = path != NULL && id != NULL ? case_of(reading, path) : NULL;
    const struct variant *found = NULL;
    for (size_t i = 0; file != NULL && i < file->variant_count && found == NULL; i++)
        if (strcmp(file->variants[i].id, id) == 0)
            found = &file->variants[i];
    return found;
}

/* The variant's events; NULL when not all of them are there. New reference. */
static json_t *events_of(struct rereading *reading, const json_t *result)
{
    const json_t *where = json_object_get(result, "events");
    json_int_t offset = json_integer_value(json_object_get(where, "offset"));
    json_int_t count = json_integer_value(json_object_get(where, "count"));
    json_t *events = json_array();
    char *line = NULL;
    size_t room = 0;
    bool good = fseeko(reading->events, (off_t)offset, SEEK_SET) == 0;
    for (json_int_t i = 0; i < count && good; i++) {
        ssize_t size = getline(&line, &room, reading->events);
        json_t *event = size > 0 ? json_loadb(line, (size_t)size, 0, NULL) : NULL;
        good = event != NULL && json_array_append_new(events, event) == 0;
    }
    free(line);
    if (!good) {
        json_decref(events);
        events = NULL;
    }
    return events;
}

/* --- judging -------------------------------------------------------------------------------- */

/* True when the run failed for its baseline alone. */
static bool is_stale(const json_t *result)
{
    const char *code =
        json_string_value(json_object_get(json_object_get(result, "failure"), "code"));
    return code != NULL && strcmp(code, code_word(CODE_STALE_BASELINE)) == 0;
}

/* What the events came to: what is stale passes, or is known. A record without what was excused is
   of a time when all of a case was. */
static const char *word_of_events(const json_t *result)
{
    const char *verdict = json_string_value(json_object_get(result, "verdict"));
    bool excused = json_array_size(json_object_get(result, "excused")) > 0;
    if (verdict != NULL && strcmp(verdict, "known") == 0 && !excused)
        verdict = "fail";
    else if (is_stale(result))
        verdict = excused ? "known" : "pass";
    return verdict != NULL ? verdict : "";
}

/* Why a result is none that events can be judged by; NULL: it is. */
static const char *unjudgeable(const json_t *result, const struct variant *variant,
                               const json_t *events)
{
    const char *word = word_of_events(result);
    bool ran = strcmp(word, "pass") == 0 || strcmp(word, "fail") == 0 ||
               strcmp(word, "known") == 0 || strcmp(word, "broken") == 0;
    const json_t *where = json_object_get(result, "events");
    const json_t *begun = json_array_get(events, 0);
    const char *why = NULL;
    if (!ran)
        why = "it was not run";
    else if (variant == NULL)
        why = "the run does not hold its case, or the case can no longer be read";
    else if (events == NULL)
        why = "not all of its events are there";
    else if (json_integer_value(json_object_get(where, "truncated")) > 0)
        why = "it has more events than were kept";
    else if (begun == NULL)
        why = "its worker died before anything happened";
    return why;
}

static bool same_text(const json_t *a, const char *b)
{
    const char *text = json_string_value(a);
    return strcmp(text != NULL ? text : "", b != NULL ? b : "") == 0;
}

/* The verdict, and of a failure what was expected and observed where. */
static bool agrees(const json_t *result, const struct judgement *judgement)
{
    const json_t *failure = json_object_get(result, "failure");
    const struct failure *own = judgement_failure(judgement);
    enum verdict verdict = judgement_verdict(judgement);
    bool same = strcmp(word_of_events(result), verdict_name(verdict)) == 0;
    if (!same || verdict == VERDICT_PASS || is_stale(result))
        return same;
    json_int_t step = own->step != NULL ? own->step->number : 0;
    return same_text(json_object_get(failure, "code"), code_word(own->code)) &&
           same_text(json_object_get(failure, "field"), own->field) &&
           same_text(json_object_get(failure, "expected"), own->expected) &&
           same_text(json_object_get(failure, "observed"), own->observed) &&
           json_integer_value(json_object_get(failure, "step")) == step;
}

static void judge_one(struct rereading *reading, const json_t *result)
{
    const struct variant *variant = variant_of(reading, result);
    json_t *events = events_of(reading, result);
    const char *why = unjudgeable(result, variant, events);
    const char *id = json_string_value(json_object_get(result, "id"));
    const char *stack = json_string_value(json_object_get(result, "stack"));
    struct arena *arena = arena_new();
    if (why != NULL) {
        reading->again->not_judged++;
    } else {
        const struct excuses excuses = excuses_recorded(json_object_get(result, "excused"), arena);
        struct judgement judgement = rejudge(variant, events, &excuses, arena);
        bool same = agrees(result, &judgement);
        reading->again->same += same;
        reading->again->differ += !same;
        if (!same)
            fprintf(reading->out, "%s on %s: %s (%s), and now %s (%s)\n", id, stack,
                    word_of_events(result), json_string_value(json_object_get(result, "reason")),
                    verdict_name(judgement_verdict(&judgement)), judgement_reason(&judgement));
    }
    arena_free(arena);
    json_decref(events);
}

/* A variant whose worker died, or that had none, has no end in its events: it is as the run said.
 */
static bool worker_lost(const json_t *result)
{
    const json_t *failure = json_object_get(result, "failure");
    const char *code = json_string_value(json_object_get(failure, "code"));
    bool broken = same_text(json_object_get(result, "verdict"), "broken");
    return broken && (code == NULL || strstr(code, "worker") != NULL);
}

struct again again_judge(const json_t *sources, FILE *results, FILE *events, FILE *out)
{
    struct again again = {.same = 0};
    struct rereading reading = {
        .sources = sources, .events = events, .out = out, .files = json_object(), .again = &again};
    char *line = NULL;
    size_t room = 0;
    ssize_t size = 0;
    while ((size = getline(&line, &room, results)) > 0) {
        json_t *result = json_loadb(line, (size_t)size, 0, NULL);
        if (result == NULL || worker_lost(result))
            again.not_judged++;
        else
            judge_one(&reading, result);
        json_decref(result);
    }
    for (size_t i = 0; i < reading.count; i++)
        casefile_free(reading.list[i]);
    free(reading.list);
    free(line);
    json_decref(reading.files);
    return again;
}
