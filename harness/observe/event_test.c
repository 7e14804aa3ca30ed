/* SPDX-License-Identifier: MIT */
#include "observe/event.h"

#include <criterion/criterion.h>
#include <string.h>

Test(event, lines_are_whole_json_objects_in_order)
{
    struct event_log log;
    struct report *report = report_new();
    log_begin(&log, report, "a/case[inet]");
    log_add(&log, 5, "note", "harness", 0, "first", NULL);
    log_add(&log, 7, "call", "client", 2, "sec\"ond\n", json_pack("{s:i}", "returns", 4));
    cr_assert_eq(report->count, 2);
    char *first = report->text;
    char *second = strchr(first, '\n') + 1;
    json_t *one = json_loadb(first, (size_t)(second - first), 0, NULL);
    json_t *two = json_loadb(second, (size_t)(report->text + report->used - second), 0, NULL);
    cr_assert_str_eq(json_string_value(json_object_get(one, "case")), "a/case[inet]");
    cr_assert_eq(json_integer_value(json_object_get(two, "n")), 1);
    cr_assert_eq(json_integer_value(json_object_get(two, "returns")), 4);
    cr_assert_str_eq(json_string_value(json_object_get(two, "text")), "sec\"ond\n");
    json_decref(one);
    json_decref(two);
}

Test(event, what_finds_no_room_is_counted_and_nothing_is_torn)
{
    struct event_log log;
    struct report *report = report_new();
    log_begin(&log, report, "full");
    char *large = malloc(1 << 20);
    memset(large, 'x', (1 << 20) - 1);
    large[(1 << 20) - 1] = '\0';
    for (int i = 0; i < 70; i++)
        log_add(&log, 0, "note", "harness", 0, large, NULL);
    cr_assert_gt(report->dropped, 0);
    cr_assert_eq(report->count + report->dropped, 70);
    cr_assert_eq(report->text[report->used - 1], '\n');
    free(large);
}

Test(event, a_text_that_is_no_utf8_is_dropped_and_counted)
{
    struct event_log log;
    struct report *report = report_new();
    log_begin(&log, report, "a/case[inet]");
    log_add(&log, 0, "note", "harness", 0, "\xff", NULL);
    cr_assert_eq(report->count, 0);
    cr_assert_eq(report->dropped, 1);
}
