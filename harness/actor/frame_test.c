/* SPDX-License-Identifier: MIT */
#include "actor/frame.h"

#include <criterion/criterion.h>
#include <string.h>

Test(frame, its_bytes_are_the_same_on_every_machine)
{
    static const uint8_t bytes[] = {4, 0, 0, 0, 11, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c'};
    struct frame_out frame = {0};
    frame_begin(&frame, FRAME_CALL);
    frame_number(&frame, 0x102);
    frame_bytes(&frame, "abc", 3);
    frame_end(&frame);
    cr_assert_eq(frame.size, sizeof bytes);
    cr_assert_arr_eq(frame.bytes, bytes, sizeof bytes);
    frame_free(&frame);
}

Test(frame, what_was_put_in_comes_out)
{
    struct frame_out frame = {0};
    enum frame_kind kind = FRAME_KINDS;
    size_t size = 0;
    frame_begin(&frame, FRAME_PLAN);
    frame_begin(&frame, FRAME_ENDED); /* in the place of the first */
    frame_number(&frame, UINT64_MAX);
    frame_bytes(&frame, "x", 1);
    frame_end(&frame);
    cr_assert(frame_head(frame.bytes, &kind, &size));
    cr_assert_eq(kind, FRAME_ENDED);
    struct opened opened = frame_open(frame.bytes + FRAME_HEAD, size);
    cr_assert_eq(opened_number(&opened), UINT64_MAX);
    cr_assert_eq(*(const char *)opened_bytes(&opened, 1), 'x');
    cr_assert(opened.good && opened.left == 0);
    frame_free(&frame);
}

Test(frame, what_is_not_there_is_nothing)
{
    struct opened opened = frame_open((const uint8_t *)"1234567", 7);
    cr_assert_eq(opened_number(&opened), 0);
    cr_assert_not(opened.good);
    cr_assert_null(opened_bytes(&opened, 1), "never again");
    opened = frame_open((const uint8_t *)"1234567", 7);
    cr_assert_null(opened_bytes(&opened, SIZE_MAX));
}

Test(frame, no_kind_and_no_size_of_ours_is_no_frame)
{
    enum frame_kind kind = FRAME_KINDS;
    size_t size = 0;
    cr_assert_not(frame_head((const uint8_t *)"hello, y", &kind, &size));
    cr_assert_not(frame_head((const uint8_t *)"\4\0\0\0\377\377\377\377", &kind, &size));
    cr_assert_not(frame_head((const uint8_t *)"\0\0\0\0\0\0\0\0", &kind, &size));
    cr_assert(frame_head((const uint8_t *)"\4\0\0\0\377\377\377\0", &kind, &size));
}
