/* SPDX-License-Identifier: MIT */
#include "program/launch.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct control *launch_control(const char *path)
{
    void *found = MAP_FAILED;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0 && ftruncate(fd, sizeof(struct control)) == 0)
        found = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    if (found == MAP_FAILED)
        return NULL;
    struct control *control = found;
    control->magic = CONTROL_MAGIC;
    control->size = sizeof *control;
    return control;
}

void launch_close(struct control *control, const char *path)
{
    munmap(control, sizeof *control);
    unlink(path);
}

/* LD_PRELOAD's list is parted by spaces and colons (ld.so(8)), and there is no way to quote one: a
   path that has any is named by a descriptor of ours, which stays open as long as we live. */
static void without_separators(char *path, size_t size)
{
    static int kept = -1;
    if (strpbrk(path, " :") == NULL)
        return;
    if (kept < 0)
        kept = open(path, O_RDONLY | O_CLOEXEC);
    if (kept >= 0)
        snprintf(path, size, "/proc/%d/fd/%d", (int)getpid(), kept);
}

bool launch_object(char *out, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", out, size - 1);
    char *slash = NULL;
    if (length <= 0)
        return false;
    out[length] = '\0';
    slash = strrchr(out, '/');
    snprintf(slash + 1, size - (size_t)(slash + 1 - out), "sockproof-preload.so");
    bool there = access(out, R_OK) == 0;
    if (there)
        without_separators(out, size);
    return there;
}

/* In the child: what was preloaded before us stays. */
static void put_in_front(const struct launch *launch)
{
    const char *before = getenv("LD_PRELOAD");
    char list[8192];
    if (launch->object == NULL)
        return;
    snprintf(list, sizeof list, "%s%s%s", launch->object, before != NULL ? ":" : "",
             before != NULL ? before : "");
    setenv("LD_PRELOAD", list, 1);
    setenv(CONTROL_VARIABLE, launch->path, 1);
}

static _Noreturn void become(const struct launch *launch, char *const *argv, int tell,
                             const sigset_t *mask)
{
    static const int passed[] = {SIGINT, SIGQUIT};
    struct control_process *first = &launch->control->process[0];
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        signal(passed[i], SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    if (launch->silent)
        setpgid(0, 0);
    snprintf(first->lineage, sizeof first->lineage, "0");
    atomic_store(&first->pid, getpid());
    put_in_front(launch);
    if (launch->netns >= 0) /* without us nothing reaches that host any more */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (launch->netns < 0 || setns(launch->netns, CLONE_NEWNET) == 0)
        execvp(argv[0], argv);
    int error = errno;
    if (write(tell, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

/* Waits for the child's end, at most so long; true when it came. */
static bool ended_in_time(int pidfd, double seconds)
{
    struct pollfd one = {.fd = pidfd, .events = POLLIN};
    double end = clock_now_s() + seconds;
    int ready = 0;
    do {
        double left = end - clock_now_s();
        ready = poll(&one, 1, seconds > 0 ? (int)(left > 0 ? left * 1000 + 1 : 0) : -1);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

static void await(const struct launch *launch, pid_t child, struct ending *ending)
{
    double began = clock_now_s();
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    if (pidfd >= 0)
        ending->timed_out = launch->await != NULL
                                ? !launch->await(launch->context, pidfd, launch->timeout)
                                : !ended_in_time(pidfd, launch->timeout);
    if (ending->timed_out)
        kill(launch->silent ? -child : child, SIGKILL);
    while (waitpid(child, &ending->status, 0) < 0 && errno == EINTR)
        continue;
    if (launch->silent)
        kill(-child, SIGKILL); /* what it left behind */
    ending->seconds = clock_now_s() - began;
    if (pidfd >= 0)
        close(pidfd);
}

static volatile sig_atomic_t running;

static void pass_on(int number)
{
    if (running > 0)
        kill(running, number);
}

/* Ctrl-C reaches the program from the terminal by itself; what is sent to us alone is passed on. */
static void watch_signals(const struct launch *launch)
{
    struct sigaction pass = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGINT, launch->silent ? &pass : &ignore, NULL);
    sigaction(SIGQUIT, launch->silent ? &pass : &ignore, NULL);
    sigaction(SIGTERM, &pass, NULL);
    sigaction(SIGHUP, &pass, NULL);
}

int launch_run(const struct launch *launch, char *const *argv, struct ending *ending)
{
    int ends[2], error = 0;
    sigset_t mask;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return errno;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    pid_t child = fork();
    if (child == 0)
        become(launch, argv, ends[1], &mask);
    close(ends[1]);
    error = child < 0 ? errno : 0;
    if (child > 0) {
        running = child;
        watch_signals(launch);
        if (read(ends[0], &error, sizeof error) != sizeof error)
            error = 0;
        await(launch, child, ending);
        running = 0;
    }
    close(ends[0]);
    return error;
}
