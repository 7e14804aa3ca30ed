/* SPDX-License-Identifier: MIT */
#include "engine/linefile.h"

#include "engine/sample.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

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

Test(linefile, it_goes_on_behind_the_last_whole_line)
{
    static const char *const found[] = {"", "one\n", "one\ntorn", "torn"};
    static const char *const then[] = {"two\n", "one\ntwo\n", "one\ntwo\n", "two\n"};
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        struct linefile file;
        sample_write("lines", found[i]);
        cr_assert(linefile_continue(&file, folder, "lines"));
        cr_assert(linefile_append(&file, "two\n", 4));
        cr_assert_eq(file.size, strlen(then[i]));
        cr_assert(linefile_close(&file));
        cr_assert_str_eq(sample_read("lines"), then[i]);
    }
}

Test(linefile, a_torn_line_may_be_longer_than_a_block)
{
    struct linefile file;
    char text[10001];
    memset(text, 'x', sizeof text);
    memcpy(text, "one\n", 4);
    text[sizeof text - 1] = '\0';
    sample_write("lines", text);
    cr_assert(linefile_continue(&file, folder, "lines"));
    cr_assert_eq(file.size, 4);
    cr_assert(linefile_close(&file));
    cr_assert_str_eq(sample_read("lines"), "one\n");
}

Test(linefile, room_that_is_kept_is_no_part_of_it_and_is_given_back)
{
    struct linefile file;
    struct stat about;
    cr_assert(linefile_open(&file, folder, "lines"));
    linefile_reserve(&file, 1 << 20);
    cr_assert_eq(fstat(file.fd, &about), 0);
    cr_assert_eq(about.st_size, 0);
    cr_assert_geq(about.st_blocks * 512, 1 << 20);
    cr_assert(linefile_append(&file, "one\n", 4));
    cr_assert(linefile_close(&file));
    cr_assert_eq(fstatat(folder, "lines", &about, 0), 0);
    cr_assert_lt(about.st_blocks * 512, 1 << 20);
}
