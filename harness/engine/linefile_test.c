/* SPDX-License-Identifier: MIT */
#include "engine/linefile.h"

#include "engine/sample.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

static int folder;

static void begin(void)
{
    folder = open(sample_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(folder, 0);
}

TestSuite(linefile, .init = begin, .fini = sample_remove);

Test(linefile, what_is_appended_is_there_in_order)
{
    struct linefile file;
    cr_assert(linefile_open(&file, folder, "lines"));
    cr_assert(linefile_append(&file, "one\n", 4));
    cr_assert(linefile_append(&file, "three\n", 6));
    cr_assert_eq(file.size, 10);
    cr_assert(linefile_close(&file));
    cr_assert_str_eq(sample_read("lines"), "one\nthree\n");
}

Test(linefile, it_is_made_anew)
{
    struct linefile file;
    sample_write("lines", "of an earlier run\n");
    cr_assert(linefile_open(&file, folder, "lines"));
    cr_assert(linefile_close(&file));
    cr_assert_str_eq(sample_read("lines"), "");
}

/* The limit cuts the second line in two (setrlimit(2), RLIMIT_FSIZE). */
Test(linefile, half_a_line_is_taken_out_again)
{
    struct linefile file;
    const struct rlimit limit = {12, 12};
    signal(SIGXFSZ, SIG_IGN);
    cr_assert(linefile_open(&file, folder, "lines"));
    cr_assert(linefile_append(&file, "8 bytes\n", 8));
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_not(linefile_append(&file, "8 bytes\n", 8));
    cr_assert_eq(errno, EFBIG);
    cr_assert_eq(file.size, 8);
    cr_assert(linefile_append(&file, "4 b\n", 4));
    cr_assert(linefile_close(&file));
    cr_assert_str_eq(sample_read("lines"), "8 bytes\n4 b\n");
}

Test(linefile, one_that_is_not_open_takes_nothing)
{
    struct linefile file;
    cr_assert_not(linefile_open(&file, folder, "no/such/folder"));
    cr_assert_eq(errno, ENOENT);
    cr_assert_not(linefile_append(&file, "x", 1));
    cr_assert(linefile_close(&file));
}
