#include "observe/event.h"

#include <string.h>
#include <sys/mman.h>
#include <time.h>

struct report *report_new(void)
{
    struct report *report = mmap(NULL, REPORT_SIZE, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return report == MAP_FAILED ? NULL : report;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void log_begin(struct event_log *log, struct report *report, const char *case_id)
{
    atomic_store(&report->used, 0);
    atomic_store(&report->count, 0);
    atomic_store(&report->dropped, 0);
    atomic_store(&report->step, 0);
    *log = (struct event_log){report, case_id, now_ns(), false};
}

uint64_t log_now_us(const struct event_log *log)
{
    return (now_ns() - log->start_ns) / 1000;
}

/* Writes the line behind the last one and only then counts it in: a reader never sees half. */
static void append(struct report *report, const json_t *event)
{
    static const size_t room = REPORT_SIZE - sizeof(struct report);
    uint64_t used = atomic_load(&report->used);
    size_t size = json_dumpb(event, NULL, 0, JSON_COMPACT);
    if (size == 0 || used + size + 1 > room) {
        atomic_fetch_add(&report->dropped, 1);
    } else {
        json_dumpb(event, report->text + used, size, JSON_COMPACT);
        report->text[used + size] = '\n';
        atomic_fetch_add(&report->count, 1);
        atomic_store(&report->used, used + size + 1);
    }
}

void log_add(struct event_log *log, uint64_t at_us, const char *type, const char *actor, int step,
             const char *text, json_t *members)
{
    if (log->muted) {
        json_decref(members);
        return;
    }
    json_t *event =
        json_pack("{s:i, s:s, s:i, s:I, s:s, s:s, s:i, s:s}", "schema", EVENT_SCHEMA, "case",
                  log->case_id, "n", (int)atomic_load(&log->report->count), "t_us",
                  (json_int_t)at_us, "type", type, "actor", actor, "step", step, "text", text);
    if (members != NULL)
        json_object_update_missing(event, members);
    append(log->report, event);
    json_decref(event);
    json_decref(members);
}
