/* SPDX-License-Identifier: MIT */
#include "program/firelog.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct control control, again;
static struct faultplan plan, read_back;
static char path[] = "/tmp/firelog_test.XXXXXX";
static char *const argv[] = {"curl", "-s", NULL};

static void setup(void)
{
    close(mkstemp(path));
    control.plan.seed = 77;
    cr_assert(faultplan_add_text(&plan, "recv errno EINTR every 2", stderr));
    cr_assert(faultplan_add_text(&plan, "send cap 1 after 100", stderr));
    control.plan.count = plan.plan.count;
}

static void teardown(void)
{
    unlink(path);
    faultplan_free(&plan);
    faultplan_free(&read_back);
}

TestSuite(firelog, .init = setup, .fini = teardown);

static struct control_record *add(enum record_kind kind, enum point point, uint64_t at_ns)
{
    struct control_record *record = &control.record[control.used++];
    record->kind = kind;
    record->point = (uint16_t)point;
    record->at_ns = at_ns;
    record->identity = 0xfedcba9876543210;
    record->counter = at_ns;
    strcpy(record->process, "0");
    strcpy(record->thread, "0.1");
    return record;
}

static void write_log(const struct wire_firing *firings)
{
    struct ending ending = {.status = 3 << 8, .seconds = 0.5};
    cr_assert_eq(firelog_write(path, &control, &plan, firings, 0, argv, &ending), 0);
}

/* The n-th line of the log, from 0. */
static json_t *line(int n)
{
    FILE *in = fopen(path, "re");
    char *text = NULL;
    size_t room = 0;
    for (int i = 0; i <= n; i++)
        cr_assert_gt(getline(&text, &room, in), 0, "line %d", i);
    json_t *json = json_loads(text, 0, NULL);
    cr_assert_not_null(json, "%s", text);
    fclose(in);
    return json;
}

static const char *string(json_t *json, const char *key)
{
    const char *value = json_string_value(json_object_get(json, key));
    return value != NULL ? value : "";
}

static json_int_t integer(json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

Test(firelog, the_plan_and_the_end)
{
    atomic_store(&control.plan.fault[0].fired, 2);
    atomic_store(&control.plan.fault[0].chances, 5);
    atomic_store(&control.hits[POINT_recv], 5);
    write_log(NULL);
    json_t *head = line(0), *end = line(1);
    cr_assert_str_eq(string(head, "type"), "plan");
    cr_assert_eq(integer(head, "seed"), 77);
    cr_assert_str_eq(json_string_value(json_array_get(json_object_get(head, "faults"), 1)),
                     "send cap 1 after 100");
    cr_assert_str_eq(json_string_value(json_array_get(json_object_get(head, "argv"), 0)), "curl");
    cr_assert_str_eq(string(end, "type"), "end");
    cr_assert_eq(integer(end, "exit"), 3);
    cr_assert_eq(integer(json_object_get(end, "hits"), "recv"), 5);
    json_t *first = json_array_get(json_object_get(end, "faults"), 0);
    cr_assert_eq(integer(first, "fired"), 2);
    cr_assert_eq(integer(first, "chances"), 5);
}

Test(firelog, events_in_the_order_of_their_time)
{
    struct wire_firing later = {.at_ns = 4000000, .from = "client", .fault = 1, .packet = "x"};
    struct wire_firing first = {.next = &later, .at_ns = 1000000, .from = "server", .packet = "y"};
    add(RECORD_PROCESS, POINT_socket, 2000000);
    add(RECORD_FIRED, POINT_recv, 3000000)->number = 9;
    write_log(&first);
    const char *const types[] = {"plan", "wire", "process", "fired", "wire", "end"};
    for (int i = 0; i < 6; i++)
        cr_assert_str_eq(string(line(i), "type"), types[i], "line %d", i);
    cr_assert_eq(integer(line(1), "t_us"), 0);
    json_t *fired = line(3);
    cr_assert_eq(integer(fired, "t_us"), 2000);
    cr_assert_str_eq(string(fired, "call"), "recv");
    cr_assert_str_eq(string(fired, "identity"), "fedcba9876543210");
    cr_assert_str_eq(string(fired, "thread"), "0.1");
    cr_assert_eq(integer(fired, "size"), 9);
}

Test(firelog, what_was_never_finished_is_left_out)
{
    add(RECORD_FIRED, POINT_recv, 1000000);
    add(RECORD_NONE, POINT_recv, 0);
    add(RECORD_STREAM, POINT_recv, 2000000);
    control.unseen[0] = (struct control_unseen){.why = UNSEEN_GO, .process = "0", .path = "/go"};
    control.unseen_used = 2;
    write_log(NULL);
    cr_assert_str_eq(string(line(1), "type"), "fired");
    cr_assert_str_eq(string(line(2), "type"), "stdio");
    json_t *unseen = line(3);
    cr_assert_str_eq(string(unseen, "type"), "unseen");
    cr_assert_str_eq(string(unseen, "path"), "/go");
    cr_assert_str_eq(string(line(4), "type"), "end");
}

Test(firelog, a_full_log_says_what_it_lost)
{
    control.used = CONTROL_RECORDS + 7;
    for (int i = 0; i < CONTROL_RECORDS; i++)
        control.record[i].kind = RECORD_NONE;
    write_log(NULL);
    cr_assert_eq(integer(line(1), "lost"), 7);
}

Test(firelog, a_log_is_a_plan_that_replays)
{
    add(RECORD_FIRED, POINT_recv, 11)->fault = 0;
    add(RECORD_FIRED, POINT_send, 22)->fault = 1;
    add(RECORD_REACHED, POINT_send, 33);
    write_log(NULL);
    cr_assert(firelog_read(path, &read_back, &again, stderr));
    cr_assert_eq(again.plan.seed, 77);
    cr_assert(again.replaying);
    cr_assert_eq(again.replay_count, 2);
    cr_assert(control_replays(&again, 0, 0xfedcba9876543210, 11));
    cr_assert(control_replays(&again, 1, 0xfedcba9876543210, 22));
    cr_assert_not(control_replays(&again, 1, 0xfedcba9876543210, 33));
    cr_assert_eq(read_back.plan.count, 2);
    cr_assert_eq(read_back.plan.fault[0].trigger.kind, TRIGGER_LISTED);
    cr_assert_eq(read_back.plan.fault[1].after, 100, "it still meets its byte exactly");
}

Test(firelog, in_a_stream_a_firing_is_known_by_its_byte)
{
    struct wire_firing packet = {.at_ns = 5, .from = "server", .fault = 1, .packet = "x"};
    packet.stream = 77, packet.offset = 2920, packet.again = 1, packet.identity = 5;
    struct control_record *record = add(RECORD_FIRED, POINT_recv, 11);
    record->stream = 1, record->counter = control_counter(5000, 2);
    write_log(&packet);
    cr_assert_eq(integer(line(1), "offset"), 2920);
    cr_assert_eq(integer(line(2), "offset"), 5000);
    cr_assert(firelog_read(path, &read_back, &again, stderr));
    cr_assert(control_replays(&again, 0, 0xfedcba9876543210, control_counter(5000, 2)));
    cr_assert(control_replays(&again, 1, 77, control_counter(2920, 1)));
    cr_assert_eq(again.replay_count, 2);
}

Test(firelog, no_more_is_read_than_a_replay_holds)
{
    char *said = NULL;
    size_t size = 0;
    for (int i = 0; i <= CONTROL_REPLAYS; i++)
        add(RECORD_FIRED, POINT_recv, (uint64_t)i + 1);
    write_log(NULL);
    FILE *err = open_memstream(&said, &size);
    cr_assert_not(firelog_read(path, &read_back, &again, err));
    fclose(err);
    cr_assert_not_null(strstr(said, "more faults that fired than a replay holds"), "%s", said);
    free(said);
}

static void refuses(const char *text, const char *why)
{
    char *said = NULL;
    size_t size = 0;
    FILE *out = fopen(path, "we"), *err = open_memstream(&said, &size);
    fputs(text, out);
    fclose(out);
    cr_assert_not(firelog_read(path, &read_back, &again, err), "%s", text);
    fclose(err);
    cr_assert_not_null(strstr(said, why), "%s", said);
    free(said);
}

Test(firelog, what_is_no_log_is_refused)
{
    refuses("", "is empty");
    refuses("{}\n", ":1 is no line");
    refuses("not JSON\n", ":1 is no line");
    refuses("{\"type\":\"plan\",\"schema\":0,\"faults\":[]}\n", ":1 is no line");
    refuses("{\"type\":\"plan\",\"schema\":1,\"faults\":[\"recv drop\"]}\n", "never fires");
    refuses("{\"type\":\"plan\",\"schema\":1,\"faults\":[]}\n{\"type\":\"fired\",\"fault\":9}\n",
            ":2 is no line");
    refuses("{\"type\":\"plan\",\"schema\":1,\"faults\":[]}\n{\"type\":\"end\",\"lost\":7}\n",
            ":2 says that the log was full");
    unlink(path);
    cr_assert_not(firelog_read(path, &read_back, &again, fopen("/dev/null", "we")));
}

Test(firelog, a_log_that_cannot_be_written_says_so)
{
    struct ending ending = {.status = 0};
    cr_assert_eq(firelog_write("/no/such/folder/log", &control, &plan, NULL, 0, argv, &ending), -1);
    cr_assert_eq(errno, ENOENT);
}

Test(firelog, every_kind_has_a_word)
{
    for (int i = RECORD_NONE; i <= RECORD_CONFINED; i++)
        cr_assert_not_null(firelog_kind((enum record_kind)i), "%d", i);
}
