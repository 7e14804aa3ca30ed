/* SPDX-License-Identifier: MIT */
#include "fault/cut.h"

#include <criterion/criterion.h>

static char bytes[16];
static const struct iovec three[] = {{bytes, 4}, {bytes + 4, 0}, {bytes + 4, 6}};

Test(cut, the_last_buffer_is_shortened)
{
    struct iovec out[3];
    cr_assert_eq(cut_total(three, 3), 10);
    cr_assert_eq(cut_buffers(out, 3, three, 3, 7), 3);
    cr_assert_eq(cut_total(out, 3), 7);
    cr_assert_eq(out[2].iov_len, 3);
    cr_assert_eq(out[2].iov_base, bytes + 4);
    cr_assert_eq(three[2].iov_len, 6, "what is cut is a copy");
}

Test(cut, what_is_not_needed_is_left_out)
{
    struct iovec out[3];
    cr_assert_eq(cut_buffers(out, 3, three, 3, 4), 1);
    cr_assert_eq(cut_buffers(out, 3, three, 3, 1), 1);
    cr_assert_eq(out[0].iov_len, 1);
    cr_assert_eq(cut_buffers(out, 3, three, 3, 0), 0);
    cr_assert_eq(cut_buffers(out, 3, three, 3, 100), 3);
    cr_assert_eq(cut_total(out, 3), 10);
}

Test(cut, without_room_it_is_shorter)
{
    struct iovec out[1];
    cr_assert_eq(cut_buffers(out, 1, three, 3, 7), 1);
    cr_assert_eq(out[0].iov_len, 4);
}

Test(cut, in_place)
{
    struct iovec own[] = {{bytes, 4}, {bytes + 4, 6}};
    cr_assert_eq(cut_buffers(own, 2, own, 2, 5), 2);
    cr_assert_eq(own[1].iov_len, 1);
}
