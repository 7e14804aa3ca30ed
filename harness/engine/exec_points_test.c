/* SPDX-License-Identifier: MIT */
#include "engine/exec_points.h"

#include "engine/captured.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct control *control;

static void begin(void)
{
    control = calloc(1, sizeof *control);
    cr_assert_not_null(control);
}

static void end(void)
{
    free(control);
}

TestSuite(exec_points, .init = begin, .fini = end);

/* How many points the lines of JSON are of; each has a name and a list of what may happen. */
static int count_points(const char *text)
{
    int count = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        json_t *line = json_loadb(text, length, 0, NULL);
        cr_assert_not_null(line, "%.*s", (int)length, text);
        cr_assert_not_null(json_string_value(json_object_get(line, "point")));
        cr_assert(json_is_array(json_object_get(line, "candidates")), "%.*s", (int)length, text);
        json_decref(line);
        text += length + 1;
        count++;
    }
    return count;
}

Test(exec_points, each_that_programs_reach_is_a_line_of_json)
{
    int reached = 0;
    for (int i = 0; i < POINT_COUNT; i++)
        reached += (point_info((enum point)i)->callers & CALLERS_PROGRAMS) != 0;
    captured_begin(stdout);
    exec_points_print(true);
    cr_assert_eq(count_points(captured_end()), reached);
}

Test(exec_points, people_are_told_what_may_happen)
{
    captured_begin(stdout);
    exec_points_print(false);
    const char *text = captured_end();
    const char *recv = strstr(text, "\nrecv ");
    cr_assert_not_null(recv);
    cr_assert_not_null(strstr(recv, "receive"));
    cr_assert_not_null(strstr(recv, "ECONNRESET"));
    cr_assert_not_null(strstr(text, "a wider point"));
}

Test(exec_points, only_what_was_reached_is_counted)
{
    control->hits[POINT_recv] = 12;
    captured_begin(stdout);
    exec_points_print_hits(control);
    const char *text = captured_end();
    const char *line = strstr(text, "recv ");
    cr_assert_not_null(line);
    cr_assert_not_null(strstr(line, " 12  "));
    cr_assert_null(strstr(text, "connect"));
    cr_assert_eq(strchr(line, '\n')[1], '\0');
}
