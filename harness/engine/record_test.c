/* SPDX-License-Identifier: MIT */
#include "engine/record.h"

#include "engine/sample.h"

#include <criterion/redirect.h>
#include <sys/stat.h>

static struct suite suite;
static struct config config;
static struct candidate host;
static const struct confinement unconfined;
static struct run run;
static struct record record;
static struct ran ran;

static void begin(void)
{
    suite = sample_suite();
    suite.catalogue = catalogue_load(SOURCE_DIR "/fixtures/catalogue", stderr);
    config = (struct config){
        .report = sample_folder(), .seed = 1, .repeat = 1, .slow_factor = 1, .stack_count = 1};
    host = (struct candidate){.name = "linux", .shown = "linux", .version = "6.1"};
    host.settings.profile.version = "1";
    run = (struct run){
        .config = &config, .candidates = &host, .suite = &suite, .confinement = &unconfined};
    ran = (struct ran){&host, suite.variants[0], 0, true};
    cr_redirect_stdout(); /* results go there as well */
}

static void end(void)
{
    suite_free(&suite);
    sample_remove();
}

TestSuite(record, .init = begin, .fini = end);

static json_t *found(const char *verdict)
{
    return json_pack("{s:s, s:s}", "verdict", verdict, "reason", "so");
}

/* A report with so many bytes of events. */
static struct report *reported(const char *events)
{
    struct report *report = report_new();
    cr_assert_not_null(report);
    report->used = strlen(events);
    memcpy(report->text, events, report->used + 1);
    report->count = 2;
    report->dropped = 1;
    return report;
}

/* The line of that number in results.jsonl; the caller frees. */
static json_t *line_of(int number)
{
    const char *text = sample_read("results.jsonl");
    for (int i = 0; i < number; i++)
        text = strchr(text, '\n') + 1;
    return json_loadb(text, strcspn(text, "\n"), 0, NULL);
}

static json_int_t number(const json_t *object, const char *inside, const char *key)
{
    return json_integer_value(json_object_get(json_object_get(object, inside), key));
}

static bool complete(void)
{
    json_t *whole = json_loads(sample_read("run.json"), 0, NULL);
    cr_assert_not_null(whole);
    bool answer = json_is_true(json_object_get(whole, "complete"));
    json_decref(whole);
    return answer;
}

Test(record, each_result_is_a_line_that_says_where_its_events_lie)
{
    cr_assert(record_open(&record, &run));
    cr_assert_not(complete());
    cr_assert_eq(record_add(&record, &ran, found("pass"), reported("one\ntwo\n")), VERDICT_PASS);
    cr_assert_eq(record_add(&record, &ran, found("fail"), reported("three\n")), VERDICT_FAIL);
    cr_assert_eq(record_add(&record, &ran, found("skip"), NULL), VERDICT_SKIP);
    record_close(&record, false);
    cr_assert(complete());
    cr_assert_str_eq(sample_read("events.jsonl"), "one\ntwo\nthree\n");
    json_t *second = line_of(1);
    cr_assert_eq(number(second, "events", "offset"), 8);
    cr_assert_eq(number(second, "events", "length"), 6);
    cr_assert_eq(number(second, "events", "count"), 2);
    cr_assert_eq(number(second, "events", "truncated"), 1);
    json_t *third = line_of(2);
    cr_assert_eq(number(third, "events", "offset"), 14);
    cr_assert_eq(number(third, "events", "length"), 0);
    cr_assert(host.count[VERDICT_PASS] == 1 && host.count[VERDICT_FAIL] == 1 &&
              host.count[VERDICT_SKIP] == 1);
    json_decref(second);
    json_decref(third);
}

Test(record, an_interrupted_run_is_not_complete)
{
    cr_assert(record_open(&record, &run));
    record_close(&record, true);
    cr_assert_not(complete());
}

Test(record, captures_of_an_earlier_run_are_gone_and_nothing_else)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/capture", sample_path);
    mkdir(path, 0700);
    sample_write("capture/old.pcapng", "x");
    sample_write("capture/notes", "x");
    cr_assert(record_open(&record, &run));
    record_close(&record, false);
    snprintf(path, sizeof path, "%s/capture/old.pcapng", sample_path);
    cr_assert_neq(access(path, F_OK), 0);
    cr_assert_str_eq(sample_read("capture/notes"), "x");
}

Test(record, the_baseline_holds_for_a_liar_too)
{
    struct node any = {.kind = NODE_SCALAR, .text = "*", .length = 1};
    struct node versions = {.kind = NODE_LIST, .first = &any, .count = 1};
    struct deviation known = {
        .pattern = "two",
        .versions = &versions,
        .excuse = {.step = 1, .field = "errno", .observed = &any, .reason = "So", .file = "x"}};
    host.settings.baseline = (struct baseline){1, &known};
    cr_assert(record_open(&record, &run));
    cr_assert_eq(record_add(&record, &ran, found("pass"), NULL), VERDICT_FAIL, "it is stale");
    config.lie = "recv/errno";
    cr_assert_eq(record_add(&record, &ran, found("pass"), NULL), VERDICT_FAIL, "so it is here");
    record_close(&record, false);
}

Test(record, a_folder_that_cannot_be_made_is_told)
{
    cr_redirect_stderr();
    config.report = "/proc/no/such/folder";
    cr_assert_not(record_open(&record, &run));
}

/* What a guest has judged, as it arrives. */
Test(record, a_result_of_a_guest_is_completed_out_here)
{
    char path[4096];
    struct candidate guest = {.name = "uml:6.1", .shown = "uml:6.1", .version = "6.1"};
    json_t *header =
        json_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:s, s:{s:i, s:i}}}", "result", "verdict", "pass",
                  "reason", "so", "place", "wire", "stack", "linux", "reproduce", "x", "capture",
                  "capture/inside.pcapng", "events", "count", 3, "truncated", 4);
    const struct frame frame = {header, "event\n", 6, "pcap", 4};
    ran = (struct ran){&guest, suite.variants[0], 0, false};
    cr_assert(record_open(&record, &run));
    cr_assert_eq(record_take(&record, &ran, &frame), VERDICT_PASS);
    record_close(&record, false);
    json_t *line = line_of(0);
    cr_assert_str_eq(json_string_value(json_object_get(line, "stack")), "uml:6.1");
    cr_assert_str_eq(json_string_value(json_object_get(line, "reproduce")),
                     "./sockproof run 'two[inet]' --seed 1 --stack uml:6.1");
    cr_assert_eq(number(line, "events", "length"), 6);
    cr_assert_eq(number(line, "events", "count"), 3);
    cr_assert_eq(number(line, "events", "truncated"), 4);
    const char *capture = json_string_value(json_object_get(line, "capture"));
    cr_assert_str_neq(capture, "capture/inside.pcapng");
    cr_assert_str_eq(sample_read(capture), "pcap");
    snprintf(path, sizeof path, "%s/capture/inside.pcapng", sample_path);
    cr_assert_neq(access(path, F_OK), 0);
    json_decref(line);
    json_decref(header);
}

Test(record, inside_a_guest_everything_goes_into_the_stream)
{
    struct stream_reader reader = {0};
    bool damaged = false;
    char path[4096];
    snprintf(path, sizeof path, "%s/stream", sample_path);
    config.stream = path;
    cr_assert(record_open(&record, &run));
    sample_write("capture/one.pcapng", "pcap");
    json_t *result = found("pass");
    json_object_set_new(result, "capture", json_string("capture/one.pcapng"));
    cr_assert_eq(record_add(&record, &ran, result, reported("one\n")), VERDICT_PASS);
    record_close(&record, false);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (stream_read(&reader, fd) == 1)
        continue;
    const struct frame *frame = stream_frame(&reader, &damaged);
    cr_assert_not_null(json_object_get(frame->header, "hello"));
    frame = stream_frame(&reader, &damaged);
    cr_assert_eq(frame->event_size, 4);
    cr_assert_eq(memcmp(frame->events, "one\n", 4), 0);
    cr_assert_eq(frame->capture_size, 4);
    cr_assert_eq(memcmp(frame->capture, "pcap", 4), 0);
    cr_assert_eq(number(json_object_get(frame->header, "result"), "events", "count"), 2);
    snprintf(path, sizeof path, "%s/capture/one.pcapng", sample_path);
    cr_assert_neq(access(path, F_OK), 0);
    stream_free(&reader);
    close(fd);
}
