/* SPDX-License-Identifier: MIT */
/*
 * Loaded before user-mode-linux's kernel: lets it run where the processor has more state than it
 * knows of. The kernel keeps the extended state of its processes in a buffer of a size that was
 * fixed when it was built; on a machine with AMX PTRACE_SETREGSET takes nothing shorter than the
 * whole (EFAULT or EINVAL, and the guest panics at its first process). So what it hands over is
 * laid over the whole of the present state.
 */
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { STATE_MAX = 1 << 16 };

/* The kernel's main thread alone controls processes: one buffer is enough. */
static unsigned char state[STATE_MAX] __attribute__((aligned(64)));

static long set_state(pid_t pid, const struct iovec *given)
{
    struct iovec whole = {state, sizeof state};
    long kind = NT_X86_XSTATE;
    if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, kind, &whole) == 0 &&
        whole.iov_len > given->iov_len)
        memcpy(state, given->iov_base, given->iov_len);
    else
        whole = *given;
    return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, kind, &whole);
}

/* ptrace(2) as the C library has it. */
long ptrace(enum __ptrace_request request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    pid_t pid = va_arg(arguments, pid_t);
    void *address = va_arg(arguments, void *);
    void *data = va_arg(arguments, void *);
    va_end(arguments);
    long word = 0;
    long result = 0;
    if (request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE)
        return set_state(pid, data);
    if (request != PTRACE_PEEKDATA && request != PTRACE_PEEKTEXT && request != PTRACE_PEEKUSER)
        return syscall(SYS_ptrace, request, pid, address, data);
    result = syscall(SYS_ptrace, request, pid, address, &word);
    return result < 0 ? result : word;
}
