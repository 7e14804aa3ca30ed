/* SPDX-License-Identifier: MIT */
#include "program/firelog.h"

#include "base/legible.h"
#include "observe/symbol.h"
#include "preload/remote.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

const char *firelog_kind(enum record_kind kind)
{
    static const char *const names[] = {
        [RECORD_NONE] = "unfinished",   [RECORD_FIRED] = "fired",
        [RECORD_REACHED] = "reached",   [RECORD_PROCESS] = "process",
        [RECORD_STREAM] = "stdio",      [RECORD_NUMBER] = "by-number",
        [RECORD_RING] = "io_uring",     [RECORD_TABLE] = "beyond",
        [RECORD_APART] = "apart",       [RECORD_CONFINED] = "confined",
        [RECORD_STANDARD] = "standard", [RECORD_DIED] = "died"};
    return names[kind];
}

static json_t *hex(uint64_t number)
{
    return json_sprintf("%016" PRIx64, number);
}

/* --- writing ------------------------------------------------------------------------------- */

static void put(FILE *out, json_t *line)
{
    json_dumpf(line, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(line);
}

static json_t *header(const struct control *control, const struct faultplan *plan,
                      char *const *argv)
{
    json_t *faults = json_array(), *words = json_array();
    for (size_t i = 0; i < plan->plan.count; i++)
        json_array_append_new(faults, json_string(plan->text[i]));
    for (char *const *word = argv; *word != NULL; word++)
        json_array_append_new(words, json_string(*word));
    return json_pack("{s:i, s:s, s:I, s:b, s:o, s:o}", "schema", FIRELOG_SCHEMA, "type", "plan",
                     "seed", (json_int_t)control->plan.seed, "lenient", control->lenient, "faults",
                     faults, "argv", words);
}

/* Whom a signal ended, as far as that is known. */
static void add_death(json_t *line, const struct control *control,
                      const struct control_record *record)
{
    char name[PROCESS_NAME], text[SYMBOL_SIGNAL];
    control_dead_name(control, record, name);
    json_object_set_new(line, "signal", json_string(symbol_signal((int)record->number, text)));
    if (name[0] != '\0')
        json_object_set_new(line, "name", json_string(name));
}

static json_t *event(const struct control *control, const struct control_record *record,
                     uint64_t began, unsigned kind)
{
    bool chance = kind == RECORD_FIRED || kind == RECORD_REACHED;
    char peer[64];
    json_t *line =
        json_pack("{s:s, s:I, s:s, s:s, s:i, s:i}", "type", firelog_kind((enum record_kind)kind),
                  "t_us", (json_int_t)((record->at_ns - began) / 1000), "process", record->process,
                  "thread", record->thread, "pid", record->pid, "fd", record->fd);
    if (chance && record->point == POINT_connect && remote_text(record->number, peer, sizeof peer))
        json_object_set_new(line, "peer", json_string(peer));
    if (chance) {
        json_object_set_new(line, "call", json_string(point_info((enum point)record->point)->name));
        json_object_set_new(line, "identity", hex(record->identity));
        json_object_set_new(line, "counter", hex(record->counter));
        if (record->point != POINT_connect)
            json_object_set_new(line, "size", json_integer((json_int_t)record->number));
    }
    if (chance && record->stream != 0)
        json_object_set_new(line, "offset",
                            json_integer((json_int_t)control_offset(record->counter)));
    if (kind == RECORD_FIRED && record->timed != 0)
        json_object_set_new(line, "means", json_string("time-out"));
    if (kind == RECORD_FIRED)
        json_object_set_new(line, "fault", json_integer(record->fault));
    if (kind == RECORD_REACHED)
        json_object_set_new(line, "fits", json_integer(record->fits));
    if (kind == RECORD_DIED)
        add_death(line, control, record);
    if (kind == RECORD_NUMBER)
        json_object_set_new(line, "number", json_integer((json_int_t)record->number));
    return line;
}

static json_t *wire_event(const struct wire_firing *firing, uint64_t began)
{
    json_t *line =
        json_pack("{s:s, s:I, s:s, s:I, s:o, s:o, s:I, s:s}", "type", "wire", "t_us",
                  (json_int_t)((firing->at_ns - began) / 1000), "from", firing->from, "fault",
                  (json_int_t)firing->fault, "identity", hex(firing->identity), "counter",
                  hex(firing->counter), "size", (json_int_t)firing->size, "packet", firing->packet);
    if (firing->stream != 0) {
        json_object_set_new(line, "stream", hex(firing->stream));
        json_object_set_new(line, "offset", json_integer((json_int_t)firing->offset));
        json_object_set_new(line, "again", json_integer((json_int_t)firing->again));
    }
    return line;
}

static json_t *unseen_line(const struct control_unseen *unseen, uint64_t began)
{
    enum unseen_why why = (enum unseen_why)atomic_load(&unseen->why);
    char path[UNSEEN_PATH];
    legible_copy(path, sizeof path, unseen->path, UNSEEN_PATH);
    uint64_t at = began > 0 && unseen->at_ns > began ? unseen->at_ns - began : 0;
    return json_pack("{s:s, s:I, s:s, s:s, s:s}", "type", "unseen", "t_us", (json_int_t)(at / 1000),
                     "process", unseen->process, "path", path, "why", control_unseen_text(why));
}

static void put_unseen(FILE *out, const struct control *control, uint64_t began)
{
    uint32_t used = atomic_load(&control->unseen_used);
    for (uint32_t i = 0; i < used && i < CONTROL_UNSEEN; i++)
        if (atomic_load(&control->unseen[i].why) != UNSEEN_NOT)
            put(out, unseen_line(&control->unseen[i], began));
}

static json_t *end_line(const struct control *control, const struct faultplan *plan,
                        const struct ending *ending, uint64_t lost)
{
    json_t *hits = json_object(), *fired = json_array();
    for (int i = 0; i < POINT_COUNT; i++)
        if (atomic_load(&control->hits[i]) > 0)
            json_object_set_new(hits, point_info((enum point)i)->name,
                                json_integer((json_int_t)atomic_load(&control->hits[i])));
    for (size_t i = 0; i < plan->plan.count; i++) {
        const struct fault *fault = &control->plan.fault[i];
        json_array_append_new(fired, json_pack("{s:s, s:I, s:I}", "fault", plan->text[i], "chances",
                                               (json_int_t)atomic_load(&fault->chances), "fired",
                                               (json_int_t)atomic_load(&fault->fired)));
    }
    int status = ending->status;
    json_t *left = json_array();
    for (int i = 0; i < ending->left_count; i++)
        json_array_append_new(left, json_string(ending->left[i].name));
    return json_pack("{s:s, s:b, s:i, s:i, s:f, s:I, s:o, s:o, s:o}", "type", "end", "timed_out",
                     ending->timed_out, "exit", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                     "signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0, "seconds",
                     ending->seconds, "lost", (json_int_t)lost, "hits", hits, "faults", fired,
                     "left", left);
}

/* When the first event of the programs or of the wire was; 0: there was none. */
static uint64_t first_ns(const struct control *control, uint64_t kept,
                         const struct wire_firing *firing)
{
    uint64_t began = kept > 0 ? control->record[0].at_ns : 0;
    if (firing != NULL && (began == 0 || firing->at_ns < began))
        began = firing->at_ns;
    return began;
}

/* The events of the programs and of the wire, each in the order of its time; began: when the first
   of them was. */
static void put_events(FILE *out, const struct control *control, uint64_t kept,
                       const struct wire_firing *firing, uint64_t began)
{
    for (uint64_t i = 0; i < kept || firing != NULL;) {
        const struct control_record *record = i < kept ? &control->record[i] : NULL;
        unsigned kind = record != NULL ? atomic_load(&record->kind) : RECORD_NONE;
        bool earlier = record == NULL ||
                       (kind != RECORD_NONE && firing != NULL && firing->at_ns < record->at_ns);
        if (earlier) {
            put(out, wire_event(firing, began));
            firing = firing->next;
            continue;
        }
        if (kind != RECORD_NONE)
            put(out, event(control, record, began, kind));
        i++;
    }
}

int firelog_write(const char *path, const struct control *control, const struct faultplan *plan,
                  const struct wire_firing *firings, uint64_t unlisted, char *const *argv,
                  const struct ending *ending)
{
    FILE *out = fopen(path, "we");
    uint64_t used = atomic_load(&control->used);
    uint64_t kept = used < CONTROL_RECORDS ? used : CONTROL_RECORDS;
    if (out == NULL)
        return -1;
    put(out, header(control, plan, argv));
    uint64_t began = first_ns(control, kept, firings);
    put_events(out, control, kept, firings, began);
    put_unseen(out, control, began);
    put(out, end_line(control, plan, ending, used - kept + unlisted));
    return fclose(out) == 0 ? 0 : -1;
}

/* --- reading ------------------------------------------------------------------------------- */

static uint64_t unhex(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text != NULL ? strtoull(text, NULL, 16) : 0;
}

static bool read_header(const json_t *line, struct faultplan *plan, struct control *control,
                        FILE *err)
{
    size_t i = 0;
    json_t *one = NULL;
    bool good = json_integer_value(json_object_get(line, "schema")) == FIRELOG_SCHEMA;
    control->plan.seed = (uint64_t)json_integer_value(json_object_get(line, "seed"));
    plan->lenient = json_is_true(json_object_get(line, "lenient"));
    json_array_foreach(json_object_get(line, "faults"), i, one) good =
        good && json_is_string(one) && faultplan_add_text(plan, json_string_value(one), err);
    return good;
}

static const char *const no_line = "is no line of a log of ./sockproof exec";

/* What is wrong with a line, or NULL. */
static const char *read_fired(const json_t *line, const struct faultplan *plan,
                              struct control *control)
{
    size_t fault = (size_t)json_integer_value(json_object_get(line, "fault"));
    const json_t *again = json_object_get(line, "again");
    struct control_replay one = {unhex(line, "identity"), unhex(line, "counter"), (uint32_t)fault};
    if (fault >= plan->plan.count)
        return no_line;
    if (control->replay_count == CONTROL_REPLAYS)
        return "has more faults that fired than a replay holds: it cannot be replayed; --fault and "
               "--seed decide the same again";
    if (again != NULL) { /* on the wire */
        one.identity = unhex(line, "stream");
        one.counter = control_counter((uint64_t)json_integer_value(json_object_get(line, "offset")),
                                      (uint64_t)json_integer_value(again));
    }
    control->replay[control->replay_count++] = one;
    return NULL;
}

/* The last line: a log that was full replays something else. */
static const char *read_end(const json_t *line)
{
    return json_integer_value(json_object_get(line, "lost")) > 0
               ? "says that the log was full, and events are not in it: it cannot be replayed; "
                 "--fault and --seed decide the same again"
               : NULL;
}

static const char *read_line(const char *text, struct faultplan *plan, struct control *control,
                             bool first, FILE *err)
{
    json_t *line = json_loads(text, 0, NULL);
    const char *type = json_string_value(json_object_get(line, "type"));
    bool good = type != NULL && first == (strcmp(type, "plan") == 0);
    const char *wrong = good ? NULL : no_line;
    if (good && first)
        wrong = read_header(line, plan, control, err) ? NULL : no_line;
    else if (good && (strcmp(type, "fired") == 0 || strcmp(type, "wire") == 0))
        wrong = read_fired(line, plan, control);
    else if (good && strcmp(type, "end") == 0)
        wrong = read_end(line);
    json_decref(line);
    return wrong;
}

bool firelog_read(const char *path, struct faultplan *plan, struct control *control, FILE *err)
{
    FILE *in = fopen(path, "re");
    char *text = NULL;
    size_t room = 0;
    int number = 0;
    bool good = in != NULL;
    if (in == NULL)
        fprintf(err, "sockproof: %s cannot be read\n", path);
    while (good && getline(&text, &room, in) > 0) {
        const char *wrong = read_line(text, plan, control, number++ == 0, err);
        good = wrong == NULL;
        if (!good)
            fprintf(err, "sockproof: %s:%d %s\n", path, number, wrong);
    }
    if (good && number == 0) {
        fprintf(err, "sockproof: %s is empty\n", path);
        good = false;
    }
    control_sort_replay(control);
    for (size_t i = 0; i < plan->plan.count; i++)
        plan->plan.fault[i].trigger = (struct trigger){.kind = TRIGGER_LISTED};
    control->replaying = true;
    free(text);
    if (in != NULL)
        fclose(in);
    return good;
}
