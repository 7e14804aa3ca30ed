/* SPDX-License-Identifier: MIT */
#include "engine/stream.h"

#include "engine/sample.h"

static struct stream_reader reader;

static void end(void)
{
    stream_free(&reader);
    sample_remove();
}

static void begin(void)
{
    sample_folder();
}

TestSuite(stream, .init = begin, .fini = end);

/* Gives the reader some bytes, as one read. */
static void arrive(const char *bytes, size_t size)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], bytes, size), (ssize_t)size);
    close(ends[1]);
    cr_assert_eq(stream_read(&reader, ends[0]), 1);
    close(ends[0]);
}

static void is(const struct frame *frame, const char *key, const char *events, const char *capture)
{
    cr_assert(frame != NULL && json_object_get(frame->header, key) != NULL, "%s", key);
    cr_assert(frame->event_size == strlen(events) &&
              memcmp(frame->events, events, frame->event_size) == 0);
    cr_assert(frame->capture_size == strlen(capture) &&
              memcmp(frame->capture, capture, frame->capture_size) == 0);
}

Test(stream, what_was_written_is_read_whatever_the_pieces)
{
    char path[4096];
    bool damaged = true;
    snprintf(path, sizeof path, "%s/stream", sample_path);
    int fd = stream_open(path);
    cr_assert(stream_write(fd, json_pack("{s:{}}", "hello"), "", 0, "", 0));
    cr_assert(stream_write(fd, json_pack("{s:{}}", "result"), "eve\nnts", 7, "cap", 3));
    close(fd);
    const char *whole = sample_read("stream");
    size_t size = strlen(whole);
    size_t at = strcspn(whole, "\n");
    arrive(whole, at);
    cr_assert_null(stream_frame(&reader, &damaged));
    cr_assert_not(damaged);
    arrive(whole + at, size - at - 1);
    is(stream_frame(&reader, &damaged), "hello", "", "");
    cr_assert_null(stream_frame(&reader, &damaged));
    arrive(whole + size - 1, 1);
    is(stream_frame(&reader, &damaged), "result", "eve\nnts", "cap");
    cr_assert_null(stream_frame(&reader, &damaged));
    cr_assert_not(damaged);
}

static void damages(const char *text)
{
    bool damaged = false;
    arrive(text, strlen(text));
    cr_assert_null(stream_frame(&reader, &damaged), "%s", text);
    cr_assert(damaged, "%s", text);
    stream_free(&reader);
}

Test(stream, it_may_be_standard_output)
{
    int ends[2];
    char said[16] = "";
    cr_assert_eq(pipe(ends), 0);
    int before = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    int fd = stream_open("-");
    dup2(before, STDOUT_FILENO);
    cr_assert_gt(fd, STDERR_FILENO);
    cr_assert_eq(write(fd, "a frame", 7), 7);
    cr_assert_eq(read(ends[0], said, sizeof said), 7);
    cr_assert_str_eq(said, "a frame");
}

Test(stream, what_is_no_frame_is_damage)
{
    damages("Kernel panic - not syncing\n");
    damages("{\"events\": 1}\n");
    damages("{\"events\": -1, \"capture\": 0}\n");
    damages("{\"events\": 0, \"capture\": 999999999999}\n");
}

Test(stream, its_end_is_told)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    close(ends[1]);
    cr_assert_eq(stream_read(&reader, ends[0]), 0);
    close(ends[0]);
}

Test(stream, a_device_that_is_not_there_is_told)
{
    cr_assert_eq(stream_open("/nonexistent/stream"), -1);
}
