#include "engine/record.h"

#include "base/folder.h"
#include "engine/manifest.h"
#include "trial/traffic.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { RESULT_SCHEMA = 1, RUN_SCHEMA = 1 };

static void complain_once(struct record *record, const char *what)
{
    if (!record->damaged)
        fprintf(stderr,
                "sockproof: %s/%s could not be written: %s; results go on to the terminal "
                "only\n",
                record->config->report, what, strerror(errno));
    record->damaged = true;
}

static int create(const struct record *record, const char *name)
{
    int fd = openat(record->folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        fprintf(stderr, "sockproof: %s/%s: %s\n", record->config->report, name, strerror(errno));
    return fd;
}

/* All of size bytes, or none: a line is never left half written. */
static bool append(int fd, const char *text, size_t size, uint64_t *total)
{
    size_t done = 0;
    while (fd >= 0 && done < size) {
        ssize_t now = write(fd, text + done, size - done);
        if (now < 0 && errno == EINTR)
            continue;
        if (now <= 0)
            break;
        done += (size_t)now;
    }
    bool whole = fd >= 0 && done == size;
    int error = errno;
    if (whole)
        *total += size;
    else if (fd >= 0 && ftruncate(fd, (off_t)*total) == 0)
        lseek(fd, (off_t)*total, SEEK_SET);
    errno = error;
    return whole;
}

static json_t *processor_count(void)
{
    return json_integer(sysconf(_SC_NPROCESSORS_ONLN));
}

static json_t *profile_json(const struct record *record)
{
    json_t *values = json_object();
    const struct profile *profile = &record->candidates[0].settings.profile;
    for (size_t i = 0; i < profile->count; i++)
        json_object_set_new(values, profile->entries[i].key,
                            json_string(profile->entries[i].value));
    return values;
}

static json_t *totals_json(const size_t *count)
{
    json_t *totals = json_object();
    for (int verdict = 0; verdict < VERDICT_COUNT; verdict++)
        json_object_set_new(totals, verdict_name((enum verdict)verdict),
                            json_integer((json_int_t)count[verdict]));
    return totals;
}

static void sum(const struct record *record, size_t *count)
{
    memset(count, 0, VERDICT_COUNT * sizeof *count);
    for (int i = 0; i < record->config->stack_count; i++)
        for (int verdict = 0; verdict < VERDICT_COUNT; verdict++)
            count[verdict] += record->candidates[i].count[verdict];
}

/* Name, version and totals of each. */
static json_t *stacks_json(const struct record *record)
{
    json_t *list = json_array();
    for (int i = 0; i < record->config->stack_count; i++) {
        const struct candidate *one = &record->candidates[i];
        size_t results = 0;
        for (int verdict = 0; verdict < VERDICT_COUNT; verdict++)
            results += one->count[verdict];
        if (results == 0 && !record->config->stack_given && i > 0)
            continue; /* nothing fell to it */
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "stack", one->shown, "version",
                                              one->version, "totals", totals_json(one->count)));
    }
    return list;
}

/* What --stack asked for; nothing when the choice was left to the engine. */
static json_t *asked_json(const struct config *config)
{
    json_t *names = json_array();
    for (int i = 0; config->stack_given && i < config->stack_count; i++)
        json_array_append_new(names, json_string(config->stacks[i]));
    return names;
}

/* The variants that are to have a result, "ID@STACK" where several stacks were asked for: so a
   reader knows which are missing. */
static json_t *variants_json(const struct record *record)
{
    json_t *names = json_array();
    int several = record->config->stack_given ? record->config->stack_count : 1;
    for (size_t i = 0; i < record->suite->variant_count; i++)
        for (int stack = 0; stack < several; stack++)
            if (several == 1)
                json_array_append_new(names, json_string(record->suite->variants[i]->id));
            else if (suite_wants(record->suite, i, stack))
                json_array_append_new(names, json_sprintf("%s@%s", record->suite->variants[i]->id,
                                                          record->candidates[stack].shown));
    return names;
}

static json_t *run_json(const struct record *record, bool complete, size_t selected)
{
    struct utsname system;
    size_t count[VERDICT_COUNT];
    const struct candidate *first = &record->candidates[0];
    uname(&system);
    sum(record, count);
    json_t *run = json_pack(
        "{s:i, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:I, s:i, s:f, s:s, s:s*, s:o, s:o, s:I, s:b, "
        "s:s, s:o, s:o, s:s*}",
        "schema", RUN_SCHEMA, "sockproof", SOCKPROOF_VERSION, "stack", first->shown,
        "stack_version", first->version, "stacks", stacks_json(record), "kernel", system.release,
        "libc", gnu_get_libc_version(), "machine", system.machine, "seed",
        (json_int_t)record->config->seed, "repeat", record->config->repeat, "slow_factor",
        record->config->slow_factor, "place", record->no_wire == NULL ? "wire" : "loopback",
        "no_wire", record->no_wire, "processors", processor_count(), "totals", totals_json(count),
        "selected", (json_int_t)selected, "complete", complete, "host_profile_version",
        first->settings.profile.version, "host_profile", profile_json(record), "stacks_asked",
        asked_json(record->config), "lie", record->config->lie);
    json_t *manifest = record->suite != NULL ? manifest_json(record->suite) : NULL;
    if (run != NULL && manifest != NULL) {
        json_object_update(run, manifest);
        json_object_set_new(run, "variants", variants_json(record));
    }
    json_decref(manifest);
    return run;
}

/* Written beside and renamed: a reader sees the old run.json or the new one. */
static void write_run(struct record *record, bool complete, size_t selected)
{
    json_t *run = run_json(record, complete, selected);
    char *text = run != NULL ? json_dumps(run, JSON_INDENT(1)) : NULL;
    uint64_t written = 0;
    int fd = openat(record->folder, "run.json.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool good = fd >= 0 && text != NULL && append(fd, text, strlen(text), &written);
    if (fd >= 0)
        good = close(fd) == 0 && good;
    if (!good || renameat(record->folder, "run.json.new", record->folder, "run.json") < 0)
        complain_once(record, "run.json");
    free(text);
    json_decref(run);
}

/* Captures of an earlier run in the same folder would be taken for this one's. */
static void empty_captures(const struct record *record)
{
    int folder = openat(record->folder, "capture", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = folder >= 0 ? fdopendir(folder) : NULL;
    const struct dirent *entry = NULL;
    while (list != NULL && (entry = readdir(list)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot != NULL && strcmp(dot, ".pcapng") == 0)
            unlinkat(folder, entry->d_name, 0);
    }
    if (list != NULL)
        closedir(list);
    else if (folder >= 0)
        close(folder);
}

/* Tells the engine outside what this one stands on. */
static bool open_stream(struct record *record)
{
    json_t *hello = json_pack("{s:{s:s, s:s?}}", "hello", "version", record->candidates[0].version,
                              "no_wire", record->no_wire);
    record->stream = stream_open(record->config->stream);
    return record->stream >= 0 && stream_write(record->stream, hello, "", 0, "", 0);
}

static bool open_files(struct record *record, size_t selected)
{
    empty_captures(record);
    record->results = create(record, "results.jsonl");
    record->events = create(record, "events.jsonl");
    if (record->results >= 0 && record->events >= 0)
        write_run(record, false, selected);
    return record->results >= 0 && record->events >= 0 && !record->damaged;
}

bool record_open(struct record *record, size_t selected)
{
    record->results = record->events = record->stream = -1;
    record->folder = -1;
    if (folder_make(record->config->report))
        record->folder = open(record->config->report, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (record->folder < 0) {
        fprintf(stderr, "sockproof: the report folder %s: %s\n", record->config->report,
                strerror(errno));
        return false;
    }
    mkdirat(record->folder, "capture", 0777);
    return record->config->stream != NULL ? open_stream(record) : open_files(record, selected);
}

static json_t *cites_json(const struct variant *variant)
{
    json_t *list = json_array();
    for (size_t i = 0; i < variant->file->cite_count; i++)
        json_array_append_new(list, json_string(variant->file->cites[i].id));
    return list;
}

/* Quoted for a shell: an id holds brackets. */
static json_t *reproduce_json(const struct record *record, const struct ran *ran)
{
    const struct variant *variant = ran->variant;
    const char *name = ran->candidate->name;
    char slow[32] = "";
    char stack[96] = "";
    if (record->config->lie != NULL)
        return json_sprintf("sockproof-engine run --lie %s --seed %llu %s", record->config->lie,
                            (unsigned long long)record->config->seed, variant->file->path);
    if (record->config->slow_factor != 1)
        snprintf(slow, sizeof slow, " --slow-factor %g", record->config->slow_factor);
    if (strcmp(name, "linux") != 0)
        snprintf(stack, sizeof stack, " --stack %s", name);
    /* The front door finds an id below its own cases/; any other file by its path. */
    bool in_suite = strncmp(variant->file->path, "cases/", strlen("cases/")) == 0;
    return json_sprintf("./sockproof run '%s' --seed %llu%s%s%s",
                        in_suite ? variant->id : variant->file->path,
                        (unsigned long long)record->config->seed,
                        ran->on_wire ? "" : " --place loopback", stack, slow);
}

/* Appends the events; where they lie now. */
static json_t *events_json(struct record *record, const char *text, size_t size, uint64_t events,
                           uint64_t dropped)
{
    uint64_t offset = record->events_size;
    bool kept = size == 0 || append(record->events, text, size, &record->events_size);
    if (!kept)
        complain_once(record, "events.jsonl");
    return json_pack("{s:I, s:I, s:I, s:I}", "offset", (json_int_t)offset, "length",
                     (json_int_t)(kept ? size : 0), "count", (json_int_t)events, "truncated",
                     (json_int_t)dropped);
}

/* A failure that is the baseline's: what is to be looked at is its entry, not the case. */
static json_t *stale_json(const struct deviation *known)
{
    return json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:[]}", "code",
                     code_word(CODE_STALE_BASELINE), "file", known->file, "line", known->mark.line,
                     "column", known->mark.column, "step", 0, "source", "", "actor", "", "field",
                     "", "expected", "", "observed", "", "requirements");
}

static void hold_against_baseline(const struct candidate *candidate, const struct variant *variant,
                                  json_t *result)
{
    const char *verdict = json_string_value(json_object_get(result, "verdict"));
    const char *reason = json_string_value(json_object_get(result, "reason"));
    const struct deviation *known = settings_deviation(&candidate->settings, variant->file->id,
                                                       variant->id, candidate->version);
    if (known == NULL || verdict == NULL)
        return;
    if (strcmp(verdict, "fail") == 0) {
        json_object_set_new(result, "verdict", json_string("known"));
        json_object_set_new(result, "reason", json_sprintf("%s (%s)", known->reason, reason));
    } else if (strcmp(verdict, "pass") == 0) {
        json_object_set_new(result, "verdict", json_string("fail"));
        json_object_set_new(
            result, "reason",
            json_sprintf("stale baseline: %s:%d says that this fails on %s %s (%s), and it passes; "
                         "./sockproof baseline update takes the entry out or narrows its versions",
                         known->file, known->mark.line, candidate->name, candidate->version,
                         known->reason));
        json_object_set_new(result, "failure", stale_json(known));
    }
}

static enum verdict verdict_of(const json_t *result)
{
    const char *name = json_string_value(json_object_get(result, "verdict"));
    enum verdict found = VERDICT_BROKEN;
    for (int verdict = 0; verdict < VERDICT_COUNT; verdict++)
        if (name != NULL && strcmp(verdict_name((enum verdict)verdict), name) == 0)
            found = (enum verdict)verdict;
    return found;
}

static json_t *complete(struct record *record, const struct ran *ran, json_t *result)
{
    const struct variant *variant = ran->variant;
    json_t *line = json_pack(
        "{s:i, s:s, s:s, s:s, s:i, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:I, s:o}",
        "schema", RESULT_SCHEMA, "id", variant->id, "case", variant->file->id, "variant",
        variant->name, "repeat", ran->repeat, "file", variant->file->path, "line",
        variant->step_count > 0 ? variant->file->title_mark.line : 1, "title", variant->file->title,
        "stack", ran->candidate->shown, "place", ran->on_wire ? "wire" : "loopback", "transport",
        transport_name(variant->file->transport), "family",
        variant->family == AF_INET ? "inet" : "inet6", "subject",
        subject_name(variant->file->subject), "cites", cites_json(variant), "seed",
        (json_int_t)record->config->seed, "reproduce", reproduce_json(record, ran));
    json_t *empty = json_pack("{s:s, s:s, s:i, s:[], s:{}, s:{}, s:[], s:n, s:n}", "verdict",
                              "broken", "reason", "", "duration_us", 0, "faults", "delivery",
                              "ordering", "errors", "failure", "capture");
    json_object_update_missing(line, result);
    json_object_update_missing(line, empty);
    json_decref(empty);
    json_decref(result);
    return line;
}

/* Writes a finished line (stolen) and counts it. */
static enum verdict put(struct record *record, struct candidate *candidate, json_t *line)
{
    enum verdict verdict = verdict_of(line);
    candidate->count[verdict]++;
    char *text = json_dumps(line, JSON_COMPACT);
    char *with_end = NULL;
    int size = text != NULL ? asprintf(&with_end, "%s\n", text) : -1;
    if (size < 0 || !append(record->results, with_end, (size_t)size, &record->results_size))
        complain_once(record, "results.jsonl");
    if (size >= 0) {
        fputs(with_end, stdout);
        fflush(stdout);
        free(with_end);
    }
    free(text);
    json_decref(line);
    return verdict;
}

/* All of a small file of the report folder; the caller frees. */
static char *whole_file(const struct record *record, const char *name, size_t *size)
{
    struct stat about;
    int fd = name != NULL ? openat(record->folder, name, O_RDONLY | O_CLOEXEC) : -1;
    char *text = fd >= 0 && fstat(fd, &about) == 0 ? malloc((size_t)about.st_size + 1) : NULL;
    ssize_t got = text != NULL ? read(fd, text, (size_t)about.st_size) : 0;
    *size = got > 0 ? (size_t)got : 0;
    if (fd >= 0)
        close(fd);
    return text;
}

/* Sends a line (stolen) with its events and its capture to the engine outside. */
static enum verdict send_out(struct record *record, struct candidate *candidate, json_t *line,
                             const struct report *report)
{
    enum verdict verdict = verdict_of(line);
    const char *name = json_string_value(json_object_get(line, "capture"));
    size_t size = 0;
    char *capture = whole_file(record, name, &size);
    candidate->count[verdict]++;
    if (name != NULL)
        unlinkat(record->folder, name, 0);
    json_object_set_new(line, "events",
                        events_json(record, "", 0, report != NULL ? atomic_load(&report->count) : 0,
                                    report != NULL ? atomic_load(&report->dropped) : 0));
    if (!stream_write(
            record->stream, json_pack("{s:o}", "result", line), report != NULL ? report->text : "",
            report != NULL ? atomic_load(&report->used) : 0, capture != NULL ? capture : "", size))
        complain_once(record, record->config->stream);
    free(capture);
    return verdict;
}

enum verdict record_add(struct record *record, const struct ran *ran, json_t *result,
                        const struct report *report)
{
    json_t *line = complete(record, ran, result);
    if (record->stream >= 0)
        return send_out(record, ran->candidate, line, report);
    if (record->config->lie == NULL)
        hold_against_baseline(ran->candidate, ran->variant, line);
    json_object_set_new(line, "events",
                        events_json(record, report != NULL ? report->text : "",
                                    report != NULL ? atomic_load(&report->used) : 0,
                                    report != NULL ? atomic_load(&report->count) : 0,
                                    report != NULL ? atomic_load(&report->dropped) : 0));
    return put(record, ran->candidate, line);
}

/* Keeps the capture of a guest under its name out here. */
static void keep_capture(struct record *record, const struct ran *ran, json_t *line,
                         const struct frame *frame)
{
    char name[512];
    const char *inside = json_string_value(json_object_get(line, "capture"));
    uint64_t written = 0;
    if (inside == NULL || frame->capture_size == 0)
        return;
    capture_name(name, sizeof name, ran->variant->id, ran->candidate->name);
    int fd = openat(record->folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 || !append(fd, frame->capture, frame->capture_size, &written))
        complain_once(record, name);
    if (fd >= 0)
        close(fd);
    json_object_set_new(line, "capture", json_string(name));
}

enum verdict record_take(struct record *record, const struct ran *ran, const struct frame *frame)
{
    json_t *line = json_incref(json_object_get(frame->header, "result"));
    json_t *inside = json_object_get(line, "events");
    json_int_t events = json_integer_value(json_object_get(inside, "count"));
    json_int_t dropped = json_integer_value(json_object_get(inside, "truncated"));
    const char *place = json_string_value(json_object_get(line, "place"));
    struct ran there = *ran;
    there.on_wire = place != NULL && strcmp(place, "wire") == 0;
    json_object_set_new(line, "stack", json_string(ran->candidate->shown));
    json_object_set_new(line, "reproduce", reproduce_json(record, &there));
    hold_against_baseline(ran->candidate, ran->variant, line);
    keep_capture(record, ran, line, frame);
    json_object_set_new(
        line, "events",
        events_json(record, frame->events, frame->event_size, (uint64_t)events, (uint64_t)dropped));
    return put(record, ran->candidate, line);
}

void record_close(struct record *record, bool interrupted, size_t selected)
{
    if (record->stream >= 0) {
        close(record->stream);
    } else {
        write_run(record, !interrupted && !record->damaged, selected);
        if ((record->results >= 0 && close(record->results) < 0) ||
            (record->events >= 0 && close(record->events) < 0))
            complain_once(record, "results.jsonl");
    }
    close(record->folder);
}

enum status record_status(const struct record *record, bool interrupted)
{
    size_t count[VERDICT_COUNT];
    sum(record, count);
    size_t judged = count[VERDICT_PASS] + count[VERDICT_FAIL] + count[VERDICT_KNOWN];
    bool too_many =
        record->config->max_skips >= 0 && count[VERDICT_SKIP] > (size_t)record->config->max_skips;
    enum status status = STATUS_GOOD;
    if (interrupted)
        status = STATUS_INTERRUPTED;
    else if (count[VERDICT_FAIL] > 0)
        status = STATUS_FAIL;
    else if (count[VERDICT_BROKEN] > 0 || record->damaged)
        status = STATUS_BROKEN;
    else if (judged == 0 || too_many)
        status = STATUS_NOTHING;
    return status;
}
