/* SPDX-License-Identifier: MIT */
#include "observe/event.h"

#include "base/clock.h"
#include "base/withheld.h"

#include <string.h>
#include <sys/mman.h>
#include <time.h>

struct report *report_new(void)
{
    struct report *report = mmap(NULL, REPORT_SIZE, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return report == MAP_FAILED ? NULL : report;
}

void report_keep(struct report *report)
{
    withheld_add(report, REPORT_SIZE);
}

void report_drop(struct report *report)
{
    withheld_unmap(report, REPORT_SIZE);
}

void log_begin(struct event_log *log, struct report *report, const char *case_id)
{
    atomic_store(&report->used, 0);
    atomic_store(&report->count, 0);
    atomic_store(&report->dropped, 0);
    atomic_store(&report->step, 0);
    *log = (struct event_log){report, case_id, clock_now_ns(), 0, false};
}

uint64_t log_now_us(const struct event_log *log)
{
    return (clock_now_ns() - log->start_ns) / 1000 + log->skipped_us;
}

/* A member of the event whose key needs no escape. */
static void put_text(struct compact *line, const char *key, const char *text)
{
    compact_raw(line, key, strlen(key));
    compact_string(line, text, strlen(text));
}

static void put_number(struct compact *line, const char *key, json_int_t number)
{
    compact_raw(line, key, strlen(key));
    compact_integer(line, number);
}

/* Counts the line in that stands behind the last one, when it is whole: a reader never sees half.
 */
static void count_in(struct report *report, const struct compact *line)
{
    if (line->size > line->room) {
        atomic_fetch_add(&report->dropped, 1);
    } else {
        atomic_fetch_add(&report->count, 1);
        atomic_fetch_add(&report->used, line->size);
    }
}

/* ASCII, as most texts are, needs no look by the library. */
static bool is_utf8(const char *text)
{
    unsigned char all = 0;
    for (const char *at = text; *at != '\0'; at++)
        all |= (unsigned char)*at;
    json_t *string = all < 0x80 ? NULL : json_string(text);
    bool good = all < 0x80 || string != NULL;
    json_decref(string);
    return good;
}

static void put_written(struct compact *line, const struct written *written)
{
    if (written == NULL)
        return;
    compact_raw(line, ",\"", 2);
    compact_raw(line, written->key, strlen(written->key));
    compact_raw(line, "\":", 2);
    written->write(line, written->what);
}

void log_add(struct event_log *log, uint64_t at_us, const char *type, const char *actor, int step,
             const char *text, json_t *members)
{
    log_add_written(log, at_us, type, actor, step, text, members, NULL);
}

void log_add_written(struct event_log *log, uint64_t at_us, const char *type, const char *actor,
                     int step, const char *text, json_t *members, const struct written *written)
{
    static const size_t room = REPORT_SIZE - sizeof(struct report);
    struct report *report = log->report;
    uint64_t used = atomic_load(&report->used);
    struct compact line = {report->text + used, room - used, 0};
    bool good = !log->muted && is_utf8(text);
    if (good) {
        put_number(&line, "{\"schema\":", EVENT_SCHEMA);
        put_text(&line, ",\"case\":", log->case_id);
        put_number(&line, ",\"n\":", (json_int_t)atomic_load(&report->count));
        put_number(&line, ",\"t_us\":", (json_int_t)at_us);
        put_text(&line, ",\"type\":", type);
        put_text(&line, ",\"actor\":", actor);
        put_number(&line, ",\"step\":", step);
        put_text(&line, ",\"text\":", text);
        if (members != NULL)
            compact_members(&line, members);
        put_written(&line, written);
        compact_raw(&line, "}\n", 2);
        count_in(report, &line);
    } else if (!log->muted) {
        atomic_fetch_add(&report->dropped, 1);
    }
    json_decref(members);
}
