/* SPDX-License-Identifier: MIT */
#include "trial/forbidden.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a child that has it: what body returns. */
static int status_of(bool sandboxes, int (*body)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(forbidden_begin(sandboxes) == 0 ? body() : 99);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status), "%#x", status);
    return WEXITSTATUS(status);
}

/* Without the filter a kernel says something else of calls that make no sense. */
static int asks(void)
{
    static const long calls[] = {SYS_bpf, SYS_keyctl, SYS_delete_module, SYS_kexec_load,
                                 SYS_reboot};
    bool refused = true;
    for (unsigned i = 0; i < sizeof calls / sizeof *calls && refused; i++)
        refused = syscall(calls[i], -1L, 0L, 0L, 0L, 0L) < 0 && errno == EPERM;
    return refused ? 0 : 1;
}

Test(forbidden, what_no_case_needs_is_refused)
{
    errno = 0;
    cr_assert(syscall(SYS_keyctl, -1L, 0L, 0L, 0L, 0L) < 0 && errno != EPERM);
    cr_assert_eq(status_of(false, asks), 0);
}

/* Another error than that of the filter: there is no such folder. */
static int changes_root(void)
{
    bool refused = chroot("/no/such/folder") < 0 && errno == EPERM;
    bool other = syscall(SYS_pivot_root, "/no/such/folder", "/") < 0 && errno == EPERM;
    return refused == other ? refused : 2;
}

Test(forbidden, a_root_of_its_own_is_for_a_sandbox_alone)
{
    cr_assert_eq(status_of(false, changes_root), 1);
    cr_assert_eq(status_of(true, changes_root), 0);
    cr_assert_eq(status_of(true, asks), 0);
}

#if defined(__x86_64__)
static int asks_by_another_number(void)
{
    return syscall(SYS_getpid | 0x40000000L) < 0 && errno == EPERM ? 0 : 1;
}

Test(forbidden, the_numbers_of_x32_are_no_way_round)
{
    cr_assert_eq(status_of(false, asks_by_another_number), 0);
    cr_assert_eq(status_of(true, asks_by_another_number), 0);
}
#endif

static int has_limits(void)
{
    struct rlimit processes, file, descriptors;
    bool good = getrlimit(RLIMIT_NPROC, &processes) == 0 && getrlimit(RLIMIT_FSIZE, &file) == 0 &&
                getrlimit(RLIMIT_NOFILE, &descriptors) == 0;
    return good && processes.rlim_max <= 8192 && file.rlim_max <= 4ULL << 30 &&
                   descriptors.rlim_max <= 65536 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1
               ? 0
               : 1;
}

Test(forbidden, rights_and_room_are_bounded)
{
    cr_assert_eq(status_of(false, has_limits), 0);
}
