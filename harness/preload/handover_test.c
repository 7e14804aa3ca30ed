/* SPDX-License-Identifier: MIT */
#include "preload/handover.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

Test(handover, what_is_written_is_read)
{
    const struct handover both = {.control = 1000, .object = 0, .path = "/proc/7/fd/3"};
    struct handover out;
    char text[64];
    cr_assert(handover_write(&both, text, sizeof text));
    cr_assert_str_eq(text, "1000:0:/proc/7/fd/3");
    handover_read(text, &out);
    cr_assert_eq(out.control, 1000);
    cr_assert_eq(out.object, 0);
    cr_assert_str_eq(out.path, "/proc/7/fd/3");
    cr_assert_not(handover_write(&both, text, 20), "there is no room");
}

Test(handover, what_is_absent_is_read_as_absent)
{
    const struct handover none = {.control = -1, .object = -1, .path = ""};
    struct handover out;
    char text[64];
    cr_assert(handover_write(&none, text, sizeof text));
    cr_assert_str_eq(text, "::");
    handover_read(text, &out);
    cr_assert_eq(out.control, -1);
    cr_assert_eq(out.object, -1);
}

Test(handover, a_path_alone_is_one)
{
    static const char *const paths[] = {"/there/control.0", "12/control", "", "7:/x", "-1:2:/x"};
    struct handover out;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        handover_read(paths[i], &out);
        cr_assert_eq(out.control, -1, "%s", paths[i]);
        cr_assert_eq(out.object, -1);
        cr_assert_str_eq(out.path, paths[i]);
    }
}

Test(handover, what_is_lent_is_high_up_and_inherited)
{
    int lent = handover_lend(STDIN_FILENO, fcntl), second = handover_lend(STDIN_FILENO, fcntl);
    cr_assert_geq(lent, 200);
    cr_assert_neq(lent, second);
    cr_assert_eq(fcntl(lent, F_GETFD), 0);
    cr_assert_eq(handover_lend(-1, fcntl), -1);
    cr_assert_eq(errno, EBADF);
}

Test(handover, a_low_limit_is_kept)
{
    struct rlimit low = {.rlim_cur = 64, .rlim_max = 64};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
    int lent = handover_lend(STDIN_FILENO, fcntl);
    cr_assert(lent >= 3 && lent < 64, "%d", lent);
}
