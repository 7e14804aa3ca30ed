/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <elf.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* The legacy part of the state and its header (Intel's manual, volume 1, 13.4): what every kernel
   knows of. Where the processor has more, and nearly every one has AVX, a buffer of this size is to
   it what user-mode-linux's is to one with AMX. */
enum { XMM0 = 160, FEATURES = 512, KNOWN = 576, SSE = 2, AVX = 4 };

static unsigned char whole[1 << 16] __attribute__((aligned(64)));

static pid_t stopped_child(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    return pid;
}

static size_t read_whole(pid_t pid)
{
    struct iovec all = {whole, sizeof whole};
    cr_assert_eq(syscall(SYS_ptrace, PTRACE_GETREGSET, pid, NT_X86_XSTATE, &all), 0);
    return all.iov_len;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* The low half of register 0 in known, its high half (of AVX) in the rest. */
static void write_features(unsigned char *state)
{
    uint64_t features = 0;
    memcpy(&features, state + FEATURES, sizeof features);
    features |= SSE | AVX;
    memcpy(state + FEATURES, &features, sizeof features);
}

Test(xstate, a_kernel_with_a_smaller_state_sets_what_it_knows_and_keeps_the_rest)
{
    unsigned char known[KNOWN] __attribute__((aligned(64)));
    pid_t pid = stopped_child();
    size_t size = read_whole(pid);
    cr_assert_gt(size, KNOWN + 16, "this processor has no state beyond SSE");
    write_features(whole);
    memset(whole + KNOWN, 0xab, 16);
    struct iovec all = {whole, size};
    cr_assert_eq(syscall(SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, &all), 0);
    memcpy(known, whole, KNOWN);
    memset(known + XMM0, 0xcd, 16);
    struct iovec part = {known, KNOWN};
    cr_assert_eq(syscall(SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, &part), -1,
                 "the host takes a part of the state by itself: the shim is for nothing");
    cr_assert_eq(ptrace(PTRACE_SETREGSET, pid, (void *)NT_X86_XSTATE, &part), 0);
    memset(whole, 0, sizeof whole);
    read_whole(pid);
    cr_assert_eq(whole[XMM0], 0xcd);
    cr_assert_eq(whole[XMM0 + 15], 0xcd);
    cr_assert_eq(whole[KNOWN], 0xab, "what the kernel does not know was lost");
    end(pid);
}

Test(xstate, other_requests_are_those_of_the_library)
{
    static long word = 42;
    pid_t pid = stopped_child();
    cr_assert_eq(ptrace(PTRACE_PEEKDATA, pid, &word, NULL), 42);
    cr_assert_eq(ptrace(PTRACE_POKEDATA, pid, &word, (void *)43), 0);
    cr_assert_eq(ptrace(PTRACE_PEEKDATA, pid, &word, NULL), 43);
    cr_assert_eq(word, 42, "the child's, not ours");
    end(pid);
}
