/* SPDX-License-Identifier: MIT */
#include "trial/forbidden.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define PROCESSES_MOST 8192
#define DESCRIPTORS_MOST 65536
#define FILE_MOST (4ULL << 30) /* bytes; of memory that actors share as well */

/* Mounts are made by now; the rest is the machine's. Namespaces stay: the hosts are made of them.
 */
static const int calls[] = {

    SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_bpf, SYS_keyctl,
    SYS_add_key, SYS_request_key, SYS_reboot, SYS_kexec_load, SYS_init_module, SYS_finit_module,
    SYS_delete_module, SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl, SYS_perf_event_open,
    SYS_userfaultfd, SYS_syslog, SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime,
    SYS_adjtimex, SYS_open_by_handle_at, SYS_process_vm_readv, SYS_process_vm_writev,

    /* last: a sandbox has a root of its own */
    SYS_chroot, SYS_pivot_root};

enum { CALLS = sizeof calls / sizeof *calls, ROOTS = 2, HEAD = 4, LENGTH = HEAD + CALLS + 2 };

#define FOREIGN 0x40000000U /* the numbers of x32 begin there, and no others do */

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv)
#define OWN_ARCH AUDIT_ARCH_RISCV64
#endif

/* The number of the call is compared with each; of another architecture's calls there are no such
   numbers, and all are refused. */
static int filter_calls(bool sandboxes)
{
#ifdef OWN_ARCH
    int count = sandboxes ? CALLS - ROOTS : CALLS;
    unsigned char refused = (unsigned char)(count + 1); /* from the jump before all numbers */
    struct sock_filter code[LENGTH] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 0, refused + 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FOREIGN, refused, 0)};
    for (int i = 0; i < count; i++)
        code[HEAD + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i],
                                                      (unsigned char)(count - i), 0);
    code[HEAD + count] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[HEAD + count + 1] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    struct sock_fprog program = {(unsigned short)(HEAD + count + 2), code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#else
    (void)sandboxes;
    return 0;
#endif
}

/* No more than that, for good. */
static int limit(int what, rlim_t most)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)what, &now) < 0)
        return -1;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
        most = now.rlim_max;
    struct rlimit then = {now.rlim_cur < most ? now.rlim_cur : most, most};
    return setrlimit((__rlimit_resource_t)what, &then);
}

int forbidden_begin(bool sandboxes)
{
    int status = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (status == 0)
        status = limit(RLIMIT_NPROC, PROCESSES_MOST);
    if (status == 0) /* and so many on their way, of all processes of the user (unix(7)) */
        status = limit(RLIMIT_NOFILE, DESCRIPTORS_MOST);
    if (status == 0)
        status = limit(RLIMIT_FSIZE, FILE_MOST);
    return status == 0 ? filter_calls(sandboxes) : status;
}
