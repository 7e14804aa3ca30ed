/* SPDX-License-Identifier: MIT */
#include "engine/record.h"

#include "base/folder.h"
#include "trial/traffic.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* On a disk that fills up, verdicts go before events, and those before captures: for so much of
   each result, room is kept from the beginning. */
enum { RESULT_SIZE = 2048, EVENTS_SIZE = 32768, RESERVE_MOST = 8 << 20 };

/* What belongs to a result: its events as text, and how many they are. */
struct event_lines {
    const char *events;
    size_t size;
    uint64_t count, dropped;
};

static struct event_lines lines_of(const struct report *report)
{
    if (report == NULL)
        return (struct event_lines){.events = ""};
    return (struct event_lines){report->text, atomic_load(&report->used),
                                atomic_load(&report->count), atomic_load(&report->dropped)};
}

static void complain_once(struct record *record, const char *what)
{
    if (!record->damaged)
        fprintf(stderr,
                "sockproof: %s/%s could not be written: %s; verdicts go before events, and "
                "events before captures\n",
                record->run->config->report, what, strerror(errno));
    record->damaged = true;
}

/* --- opening and closing -----------------------------------------------------------------------
 */

static bool create(const struct record *record, struct linefile *file, const char *name)
{
    bool resume = record->run->config->resume;
    bool good = resume ? linefile_continue(file, record->folder, name)
                       : linefile_open(file, record->folder, name);
    if (!good)
        fprintf(stderr, "sockproof: %s/%s: %s\n", record->run->config->report, name,
                strerror(errno));
    return good;
}

/* Writes a file of the folder anew. */
static bool write_whole(const struct record *record, const char *name, const char *text,
                        size_t size)
{
    struct linefile file;
    bool good = linefile_open(&file, record->folder, name) && linefile_append(&file, text, size);
    return linefile_close(&file) && good;
}

/* Written beside and renamed: a reader sees the old run.json or the new one. False with errno. */
static bool write_run(const struct record *record, bool complete)
{
    json_t *run = run_json(record->run, complete);
    char *text = json_dumps(run, JSON_INDENT(1));
    bool good = text != NULL && write_whole(record, "run.json.new", text, strlen(text)) &&
                renameat(record->folder, "run.json.new", record->folder, "run.json") == 0;
    int error = errno;
    if (!good)
        unlinkat(record->folder, "run.json.new", 0);
    free(text);
    json_decref(run);
    errno = error;
    return good;
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
    const struct run *run = record->run;
    json_t *hello = json_pack("{s:{s:s, s:s?}}", "hello", "version", run->candidates[0].version,
                              "no_wire", run->no_wire);
    record->stream = stream_open(run->config->stream);
    return record->stream >= 0 && stream_write(record->stream, hello, "", 0, "", 0);
}

/* Keeps room in a file for so much of each result, at most half of what is free. */
static void reserve(const struct record *record, const struct linefile *file, uint64_t each)
{
    struct statvfs disk;
    uint64_t wanted = MIN(run_results(record->run) * each, RESERVE_MOST);
    if (fstatvfs(record->folder, &disk) == 0)
        linefile_reserve(file, MIN(wanted, disk.f_bavail * disk.f_frsize / 2));
}

static bool open_files(struct record *record)
{
    if (record->run->config->resume)
        record->earlier = earlier_read(record->folder);
    else
        empty_captures(record);
    bool good = create(record, &record->results, "results.jsonl") &&
                create(record, &record->events, "events.jsonl");
    if (good) {
        write_run(record, false); /* what has no room now may have some at the end */
        reserve(record, &record->results, RESULT_SIZE);
        reserve(record, &record->events, EVENTS_SIZE);
    }
    return good;
}

bool record_open(struct record *record, const struct run *run)
{
    *record = (struct record){
        .run = run, .folder = -1, .results = {.fd = -1}, .events = {.fd = -1}, .stream = -1};
    signal(SIGXFSZ, SIG_IGN); /* a file that is too large is like a disk that is full: EFBIG */
    if (folder_make(run->config->report))
        record->folder = open(run->config->report, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (record->folder < 0) {
        fprintf(stderr, "sockproof: the report folder %s: %s\n", run->config->report,
                strerror(errno));
        return false;
    }
    mkdirat(record->folder, "capture", 0777);
    return run->config->stream != NULL ? open_stream(record) : open_files(record);
}

void record_close(struct record *record, bool interrupted)
{
    if (record->stream >= 0) {
        close(record->stream);
    } else {
        bool results = linefile_close(&record->results);
        if (!linefile_close(&record->events) || !results)
            complain_once(record, "results.jsonl");
        if (!write_run(record, !interrupted && !record->damaged))
            complain_once(record, "run.json");
    }
    json_decref(record->earlier);
    close(record->folder);
}

/* --- results -----------------------------------------------------------------------------------
 */

/* Appends the events; where they lie now. */
static json_t *events_json(struct record *record, const struct event_lines *lines)
{
    uint64_t offset = record->events.size;
    bool kept = lines->size == 0 || linefile_append(&record->events, lines->events, lines->size);
    if (!kept)
        complain_once(record, "events.jsonl");
    return json_pack("{s:I, s:I, s:I, s:I}", "offset", (json_int_t)offset, "length",
                     (json_int_t)(kept ? lines->size : 0), "count", (json_int_t)lines->count,
                     "truncated", (json_int_t)lines->dropped);
}

/* Writes a finished line (stolen) and counts it. */
static enum verdict put(struct record *record, struct candidate *candidate, json_t *line)
{
    resultline_reasoned(line);
    enum verdict verdict = resultline_verdict(line);
    candidate->count[verdict]++;
    char *text = json_dumps(line, JSON_COMPACT);
    char *with_end = NULL;
    int size = text != NULL ? asprintf(&with_end, "%s\n", text) : -1;
    if (size < 0 || !linefile_append(&record->results, with_end, (size_t)size))
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
                             const struct event_lines *lines)
{
    enum verdict verdict = resultline_verdict(line);
    const char *name = json_string_value(json_object_get(line, "capture"));
    const struct event_lines only_counts = {"", 0, lines->count, lines->dropped};
    size_t size = 0;
    char *capture = whole_file(record, name, &size);
    candidate->count[verdict]++;
    if (name != NULL)
        unlinkat(record->folder, name, 0);
    json_object_set_new(line, "events", events_json(record, &only_counts));
    if (!stream_write(record->stream, json_pack("{s:o}", "result", line), lines->events,
                      lines->size, capture != NULL ? capture : "", size))
        complain_once(record, record->run->config->stream);
    free(capture);
    return verdict;
}

bool record_has(const struct record *record, const struct ran *ran, enum verdict *verdict)
{
    bool has = earlier_has(record->earlier, ran, verdict);
    if (has)
        ran->candidate->count[*verdict]++;
    return has;
}

enum verdict record_foresee(const struct record *record, const struct ran *ran,
                            const json_t *result)
{
    json_t *line = resultline_json(record->run, ran, json_deep_copy(result));
    if (record->stream < 0)
        resultline_against_baseline(ran, line);
    enum verdict verdict = resultline_verdict(line);
    json_decref(line);
    return verdict;
}

void record_forget(const struct record *record, const json_t *result)
{
    const char *name = json_string_value(json_object_get(result, "capture"));
    if (name != NULL)
        unlinkat(record->folder, name, 0);
}

enum verdict record_add(struct record *record, const struct ran *ran, json_t *result,
                        const struct report *report)
{
    const struct event_lines lines = lines_of(report);
    json_t *line = resultline_json(record->run, ran, result);
    if (record->stream >= 0)
        return send_out(record, ran->candidate, line, &lines);
    resultline_against_baseline(ran, line);
    json_object_set_new(line, "events", events_json(record, &lines));
    return put(record, ran->candidate, line);
}

/* Keeps the capture of a guest under its name out here. */
static void keep_capture(struct record *record, const struct ran *ran, json_t *line,
                         const struct frame *frame)
{
    char name[512];
    const char *inside = json_string_value(json_object_get(line, "capture"));
    if (inside == NULL || frame->capture_size == 0)
        return;
    capture_name(name, sizeof name, ran->variant->id, ran->candidate->name);
    if (!write_whole(record, name, frame->capture, frame->capture_size))
        complain_once(record, name);
    json_object_set_new(line, "capture", json_string(name));
}

enum verdict record_take(struct record *record, const struct ran *ran, const struct frame *frame)
{
    json_t *line = json_incref(json_object_get(frame->header, "result"));
    const json_t *inside = json_object_get(line, "events");
    const char *place = json_string_value(json_object_get(line, "place"));
    const struct event_lines lines = {
        frame->events, frame->event_size,
        (uint64_t)json_integer_value(json_object_get(inside, "count")),
        (uint64_t)json_integer_value(json_object_get(inside, "truncated"))};
    struct ran there = *ran;
    there.on_wire = place != NULL && strcmp(place, "wire") == 0;
    json_object_set_new(line, "stack", json_string(ran->candidate->shown));
    json_object_set_new(line, "reproduce", resultline_reproduce(record->run, &there));
    resultline_against_baseline(ran, line);
    keep_capture(record, ran, line, frame);
    json_object_set_new(line, "events", events_json(record, &lines));
    return put(record, ran->candidate, line);
}
