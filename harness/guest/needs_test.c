/* SPDX-License-Identifier: MIT */
#include "guest/needs.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the process below found. */
struct lacking {
    int lacking;
    char text[512];
};

static struct lacking *found;

/* Hides what the kernel tells of itself in files. */
static bool hide(void)
{
    return mount("none", "/sys", "tmpfs", 0, NULL) == 0 &&
           mount("none", "/proc", "tmpfs", 0, NULL) == 0;
}

/* Looks as root of a network of one's own; skipped where that may not be. */
static void look(const char *stream, bool hidden)
{
    int status = 0;
    found = mmap(NULL, sizeof *found, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) < 0 || (hidden && !hide()))
            _exit(77);
        found->lacking = needs_lacking(stream, found->text, sizeof found->text);
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        cr_skip_test("no namespaces here");
    cr_assert_eq(status, 0);
}

Test(needs, the_kernel_of_this_machine_has_all)
{
    look("/dev/null", false);
    cr_assert_str_eq(found->text, "");
    cr_assert_eq(found->lacking, 0);
}

Test(needs, the_stream_of_a_virtual_machine_is_a_port_of_its_console)
{
    look("/dev/vport99p9", false);
    cr_assert_str_eq(found->text, "CONFIG_VIRTIO_CONSOLE");
    cr_assert_eq(found->lacking, 1);
}

Test(needs, what_is_not_there_is_told_by_the_name_of_its_option)
{
    look(NULL, true);
    cr_assert_str_eq(found->text, "CONFIG_PROC_FS CONFIG_SYSFS CONFIG_NET_NS CONFIG_USER_NS "
                                  "CONFIG_PID_NS");
    cr_assert_eq(found->lacking, 5);
}
