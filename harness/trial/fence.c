/* SPDX-License-Identifier: MIT */
#include "trial/fence.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What an execve(2) gives again is bounded first; what there is is given up then. */
int fence_begin(void)
{
    struct __user_cap_header_struct whose = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3];
    struct __user_cap_data_struct *in = &rights[CAP_TO_INDEX(CAP_SYS_PTRACE)];
    const __u32 bit = CAP_TO_MASK(CAP_SYS_PTRACE);
    if (prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE) < 0 || syscall(SYS_capget, &whose, rights) < 0)
        return -1;
    in->effective &= ~bit;
    in->permitted &= ~bit;
    in->inheritable &= ~bit;
    return (int)syscall(SYS_capset, &whose, rights);
}
