/* SPDX-License-Identifier: MIT */
#include "engine/guest.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct guest guest;
static int console; /* the guest's end */

static void begin(void)
{
    int ends[2];
    cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
    guest = (struct guest){.name = "uml:test", .stream = -1, .console = ends[0]};
    console = ends[1];
}

TestSuite(guest, .init = begin);

static void says(const char *text)
{
    cr_assert_eq(write(console, text, strlen(text)), (ssize_t)strlen(text));
    guest_hear(&guest);
}

static void troubled(const char *wanted)
{
    char text[CONSOLE_KEPT];
    guest_trouble(&guest, "did not boot", text, sizeof text);
    cr_assert_str_eq(text, wanted);
}

Test(guest, its_last_lines_are_quoted_as_one)
{
    for (int i = 1; i <= 9; i++) {
        char line[32];
        snprintf(line, sizeof line, "line  %d\033[0m\r\n", i);
        says(line);
    }
    troubled("the guest uml:test did not boot; its console: line 4 [0m / line 5 [0m / line 6 [0m / "
             "line 7 [0m / line 8 [0m / line 9 [0m");
}

Test(guest, a_panic_is_quoted_whatever_comes_after)
{
    says("booting\nKernel panic - not syncing: no init\n");
    for (int i = 0; i < 20; i++)
        says("trace\n");
    troubled("the guest uml:test did not boot; its console: Kernel panic - not syncing: no init / "
             "trace / trace / trace / trace / trace");
}

Test(guest, nothing_is_told_of_one_that_said_nothing)
{
    troubled("the guest uml:test did not boot; its console: nothing");
    says("\r\n \n");
    troubled("the guest uml:test did not boot; its console: nothing");
}

Test(guest, of_another_machine_the_last_words_are_quoted)
{
    guest.name = "board";
    guest.far = "root@board";
    says("it does not answer\n");
    troubled("the machine board did not boot; its last words: it does not answer");
}

Test(guest, only_the_end_of_its_console_is_kept)
{
    char line[101];
    memset(line, 'a', 99);
    line[99] = '\n';
    line[100] = '\0';
    for (int i = 0; i < CONSOLE_KEPT / 50; i++)
        says(line);
    says("the end\n");
    cr_assert_eq(guest.told_size, CONSOLE_KEPT);
    cr_assert_eq(memcmp(guest.told + CONSOLE_KEPT - 8, "the end\n", 8), 0);
    cr_assert_eq(memcmp(guest.told + CONSOLE_KEPT - 108, line, 100), 0);
}

Test(guest, the_end_of_its_console_closes_it)
{
    says("x");
    close(console);
    guest_hear(&guest);
    cr_assert_eq(guest.console, -1);
    guest_hear(&guest);
}

Test(guest, what_arrives_puts_off_when_it_is_given_up)
{
    int ends[2];
    struct config config = {.case_limit = 10, .slow_factor = 2};
    cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
    guest.stream = ends[0];
    cr_assert(guest_take(&guest, &config));
    cr_assert_eq(guest.silent_until_us, 0);
    cr_assert_eq(write(ends[1], "{", 1), 1);
    cr_assert(guest_take(&guest, &config));
    cr_assert_gt(guest.silent_until_us, 0);
    close(ends[1]);
    cr_assert_not(guest_take(&guest, &config));
    guest_end(&guest);
    cr_assert(guest.stream == -1 && guest.console == -1);
}

Test(guest, its_whole_process_group_is_ended)
{
    int alive[2];
    char byte = 0;
    cr_assert_eq(pipe(alive), 0);
    guest.pid = fork();
    if (guest.pid == 0) {
        setpgid(0, 0);
        fork(); /* two processes hold the pipe open */
        cr_assert_eq(write(alive[1], "x", 1), 1);
        pause();
        _exit(0);
    }
    setpgid(guest.pid, guest.pid);
    close(alive[1]);
    cr_assert_eq(read(alive[0], &byte, 1), 1);
    cr_assert_eq(read(alive[0], &byte, 1), 1);
    guest_end(&guest);
    cr_assert_eq(read(alive[0], &byte, 1), 0);
    cr_assert_eq(guest.pid, 0);
}

/* Who may leave says so; then another process of its group is ended as ever. */
Test(guest, another_machine_is_left_in_order)
{
    int left[2];
    char said[8] = "";
    guest.far = "board";
    cr_assert_eq(pipe(left), 0);
    guest.pid = fork();
    if (guest.pid == 0) {
        sigset_t end;
        int number = 0;
        setpgid(0, 0);
        sigemptyset(&end);
        sigaddset(&end, SIGTERM);
        sigprocmask(SIG_BLOCK, &end, NULL);
        if (fork() == 0)
            pause();
        cr_assert_eq(write(left[1], "begun", 5), 5);
        sigwait(&end, &number);
        cr_assert_eq(write(left[1], "left", 4), 4);
        _exit(0);
    }
    setpgid(guest.pid, guest.pid);
    close(left[1]);
    cr_assert_eq(read(left[0], said, sizeof said), 5);
    guest_end(&guest);
    cr_assert_eq(read(left[0], said, sizeof said), 4);
    cr_assert_eq(memcmp(said, "left", 4), 0);
    cr_assert_eq(read(left[0], said, sizeof said), 0);
}
