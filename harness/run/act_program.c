/* The verb that runs a program: a process of its own group, on the actor's host, with the
   interposer in front of its C library when a fault of the case is about it. */
#include "run/act.h"

#include "case/program.h"
#include "run/runprogram.h"

#include <errno.h>
#include <limits.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS = 64, VARIABLES = 256, LOOK_MS = 2 };

struct child {
    char path[PATH_MAX];
    char *argv[ARGUMENTS];
    char *envp[VARIABLES];
    char preload[PATH_MAX + 32], control[PATH_MAX + 32];
    int out, err; /* memory that holds what it says */
    pid_t pid;
};

/* NUL-separated words, one after the other. */
static void read_words(const struct act *act, struct child *child)
{
    char *at = act_bytes(act, RUN_ARGV);
    int64_t count = act_number(act, RUN_ARGV);
    for (int64_t i = 0; i < count && i + 1 < ARGUMENTS; i++) {
        child->argv[i] = at;
        at += strlen(at) + 1;
    }
}

static void read_environment(const struct act *act, struct child *child)
{
    const char *control = act_bytes(act, RUN_CONTROL), *object = act_bytes(act, RUN_OBJECT);
    size_t count = 0;
    for (char **one = environ; *one != NULL && count + 3 < VARIABLES; one++)
        if (strncmp(*one, "LD_PRELOAD=", 11) != 0 && strncmp(*one, "SOCKPROOF_", 10) != 0)
            child->envp[count++] = *one;
    if (control == NULL)
        return;
    snprintf(child->preload, sizeof child->preload, "LD_PRELOAD=%s", object);
    snprintf(child->control, sizeof child->control, "SOCKPROOF_CONTROL=%s", control);
    child->envp[count++] = child->preload;
    child->envp[count++] = child->control;
}

static _Noreturn void become(const struct child *child, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(126);
    setpgid(0, 0);
    dup2(child->out, STDOUT_FILENO);
    dup2(child->err, STDERR_FILENO);
    close_range(3, ~0U, 0);
    execve(child->path, child->argv, child->envp);
    _exit(127);
}

static bool begin(const struct act *act, struct child *child)
{
    read_words(act, child);
    read_environment(act, child);
    if (!program_find(child->argv[0], child->path, sizeof child->path))
        snprintf(child->path, sizeof child->path, "%s", child->argv[0]);
    child->out = memfd_create("stdout", MFD_CLOEXEC);
    child->err = memfd_create("stderr", MFD_CLOEXEC);
    pid_t parent = getpid();
    child->pid = child->out >= 0 && child->err >= 0 ? fork() : -1;
    if (child->pid == 0)
        become(child, parent);
    if (child->pid > 0)
        atomic_store(&act->call->program, child->pid);
    return child->pid > 0;
}

/* --- readiness ----------------------------------------------------------------------------- */

/* Whether a table of /proc/net has a socket in that state on that port of ours. */
static bool in_table(const char *path, unsigned port, unsigned state)
{
    FILE *table = fopen(path, "re");
    char line[512];
    bool found = false;
    while (table != NULL && !found && fgets(line, sizeof line, table) != NULL) {
        char *rest = NULL;
        const char *local = strtok_r(line, " ", &rest) != NULL ? strtok_r(NULL, " ", &rest) : NULL;
        const char *remote = strtok_r(NULL, " ", &rest), *told = strtok_r(NULL, " ", &rest);
        const char *colon = local != NULL ? strrchr(local, ':') : NULL;
        found = colon != NULL && remote != NULL && told != NULL &&
                strtoul(colon + 1, NULL, 16) == port && strtoul(told, NULL, 16) == state;
    }
    if (table != NULL)
        fclose(table);
    return found;
}

enum { LISTENS = 0x0a, UNCONNECTED = 0x07 }; /* the kernel's states of a socket */

/* The answers to a question about sockets: 1 when one of them has the port, 0 when none has, -1
   when the kernel cannot tell (sock_diag(7)). */
static int read_answers(int fd, unsigned port)
{
    char bytes[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
    bool more = true;
    int found = 0;
    while (more) {
        ssize_t got = recv(fd, bytes, sizeof bytes, 0);
        size_t left = got > 0 ? (size_t)got : 0;
        const struct nlmsghdr *one = (const struct nlmsghdr *)bytes;
        more = got > 0;
        for (; NLMSG_OK(one, left) && more; one = NLMSG_NEXT(one, left)) {
            const struct inet_diag_msg *told = NLMSG_DATA(one);
            more = one->nlmsg_type == SOCK_DIAG_BY_FAMILY;
            if (more && ntohs(told->id.idiag_sport) == port)
                found = 1;
            else if (one->nlmsg_type == NLMSG_ERROR)
                found = -1;
        }
    }
    return found;
}

/* Asks for the sockets of one family and state. As read_answers, which see. */
static int ask_kernel(unsigned port, bool datagrams, int family)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 body;
    } question = {{sizeof question, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 0, 0},
                  {.sdiag_family = (uint8_t)family,
                   .sdiag_protocol = datagrams ? IPPROTO_UDP : IPPROTO_TCP,
                   .idiag_states = 1U << (datagrams ? UNCONNECTED : LISTENS)}};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    int found = -1;
    if (fd >= 0 && send(fd, &question, sizeof question, 0) == (ssize_t)sizeof question)
        found = read_answers(fd, port);
    if (fd >= 0)
        close(fd);
    return found;
}

/* The tables of /proc/net are read only where the kernel has no sock_diag: for each look it goes
   through all of its connections, and many cases that wait leave the processors to nothing else. */
static bool listens(unsigned port, bool datagrams)
{
    int four = ask_kernel(port, datagrams, AF_INET);
    int six = ask_kernel(port, datagrams, AF_INET6);
    if (four >= 0 && six >= 0)
        return four > 0 || six > 0;
    return datagrams ? in_table("/proc/self/net/udp", port, UNCONNECTED) ||
                           in_table("/proc/self/net/udp6", port, UNCONNECTED)
                     : in_table("/proc/self/net/tcp", port, LISTENS) ||
                           in_table("/proc/self/net/tcp6", port, LISTENS);
}

static bool holds(int memory, const char *text)
{
    off_t size = lseek(memory, 0, SEEK_END);
    void *bytes = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, memory, 0) : NULL;
    bool found = bytes != NULL && bytes != MAP_FAILED &&
                 memmem(bytes, (size_t)size, text, strlen(text)) != NULL;
    if (bytes != NULL && bytes != MAP_FAILED)
        munmap(bytes, (size_t)size);
    return found;
}

static bool is_ready(const struct act *act, const struct child *child)
{
    const char *text = act_bytes(act, RUN_READY);
    if (act_number(act, RUN_READY) == READY_LISTENING)
        return listens((unsigned)act_number(act, RUN_PORT), act->call->datagram);
    return text != NULL && (holds(child->out, text) || holds(child->err, text));
}

/* Waits for the program's end; until it is ready, looks for that in between. The kernel has no
   event for a socket of another process that begins to listen. */
static void await(const struct act *act, const struct child *child)
{
    int pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    bool ready = act_number(act, RUN_READY) == READY_AT_ONCE;
    int ended = 0;
    while (!ready && ended <= 0) {
        ready = is_ready(act, child);
        ended = ready ? 0 : poll(&end, 1, LOOK_MS);
    }
    if (ready)
        atomic_store(&act->call->ready, 1);
    close(pidfd);
}

/* --- the end ------------------------------------------------------------------------------- */

static uint64_t take(int memory, void *out, size_t room)
{
    ssize_t got = pread(memory, out, room, 0);
    close(memory);
    return got > 0 ? (uint64_t)got : 0;
}

int64_t do_run(struct act *act)
{
    struct call *call = act->call;
    struct child child = {.pid = -1};
    int status = 0;
    if (!begin(act, &child))
        return -1;
    await(act, &child);
    while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
        continue;
    kill(-child.pid, SIGKILL); /* what it left behind */
    call->size = take(child.out, shared_at(act->actor->shared, call->out), call->out.size);
    call->size2 = take(child.err, shared_at(act->actor->shared, call->out2), call->out2.size);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
