/* SPDX-License-Identifier: MIT */
#include "program/keeper.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Theory of operation. A subreaper (prctl(2)) is the new parent of every orphan below it: when the
 * program has ended, those of its children that live on are the keeper's, and so on down the tree.
 * Killing the keeper's children, and reaping them, until there are none, therefore ends all. The
 * keeper looks at two descriptors: its children's ends, and the pipe from us, which closes when we
 * die, whatever killed us. The kernel's list of its children is opened once, so that a descriptor
 * for it is there whenever it is wanted.
 */
enum { GRACE_MS = 200, AGAIN_MS = 50, LIST_SIZE = 65536 };
static const double end_seconds = 3; /* what does not end by SIGKILL is not ours to end */

/* The keeper's own. */
struct custody {
    int ask, tell, ends;
    int list; /* of its children; -1: this kernel has none */
    pid_t program;
    double over;  /* when the program ended; 0: it has not */
    bool told;    /* who was left has been said */
    bool alone;   /* nobody is left */
    double until; /* all are being killed, at most until then; 0: they are not */
};

static void tell(const struct custody *custody, struct news news)
{
    /* Who does not hear it any more has died, which the other pipe says. */
    if (write(custody->tell, &news, sizeof news) < 0)
        return;
}

/* --- whom it has --------------------------------------------------------------------------- */

static int open_list(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Numbers, each with a space behind it; those that do not fit any more are left out. */
static void read_list(int list, char *out, size_t size)
{
    size_t used = 0;
    ssize_t got = 1;
    while (got > 0 && used < size - 1) {
        got = pread(list, out + used, size - 1 - used, (off_t)used);
        used += got > 0 ? (size_t)got : 0;
    }
    while (used > 0 && out[used - 1] != ' ')
        used--;
    out[used] = '\0';
}

/* Calls visit for each child; those that have ended, and wait to be reaped, are among them. */
static void each_child(const struct custody *custody,
                       void (*visit)(const struct custody *, int, int), int argument)
{
    static char text[LIST_SIZE];
    char *at = text, *end = NULL;
    text[0] = '\0';
    if (custody->list >= 0)
        read_list(custody->list, text, sizeof text);
    else if (custody->over <= 0)
        visit(custody, custody->program, argument);
    for (long pid = strtol(at, &end, 10); end != at; pid = strtol(at, &end, 10)) {
        visit(custody, (int)pid, argument);
        at = end;
    }
}

static void send(const struct custody *custody, int pid, int number)
{
    (void)custody;
    kill(pid, number);
}

static void read_name(int pid, char *out, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL || fgets(out, (int)size, file) == NULL)
        out[0] = '\0';
    out[strcspn(out, "\n")] = '\0';
    if (file != NULL)
        fclose(file);
}

static void tell_left(const struct custody *custody, int pid, int unused)
{
    struct news news = {.kind = NEWS_LEFT, .pid = pid};
    (void)unused;
    read_name(pid, news.name, sizeof news.name);
    tell(custody, news);
}

/* --- what happens -------------------------------------------------------------------------- */

static void take_end(struct custody *custody, int pid, int status)
{
    if (pid == custody->program) {
        custody->over = clock_now_s();
        tell(custody, (struct news){.kind = NEWS_ENDED, .pid = pid, .status = status});
    } else if (WIFSIGNALED(status) && (custody->until <= 0 || WTERMSIG(status) != SIGKILL)) {
        tell(custody, (struct news){.kind = NEWS_KILLED, .pid = pid, .status = status});
    }
}

static void reap(struct custody *custody)
{
    int status = 0, pid = 0;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        take_end(custody, pid, status);
    custody->alone = pid < 0 && errno == ECHILD;
}

/* True while it is still to be said who was left. */
static bool owes(const struct custody *custody)
{
    return custody->over > 0 && !custody->told && !custody->alone;
}

static void tell_all(struct custody *custody)
{
    custody->told = true;
    each_child(custody, tell_left, 0);
}

/* A byte is a signal to pass on; SIGKILL, or the end of the pipe, that all is to end. Who is left
   then is said before it is killed. */
static void listen_to(struct custody *custody)
{
    unsigned char number = SIGKILL;
    ssize_t got = read(custody->ask, &number, 1);
    if (got == 1 && number != SIGKILL)
        each_child(custody, send, number);
    if (got < 0 || number != SIGKILL)
        return;
    if (owes(custody))
        tell_all(custody);
    custody->until = clock_now_s() + end_seconds;
}

/* How long nothing need be done unless something happens, as poll(2) takes it. */
static int idle_ms(const struct custody *custody)
{
    double left = custody->over + GRACE_MS / 1000.0 - clock_now_s();
    if (custody->until > 0)
        return AGAIN_MS;
    return owes(custody) ? (int)(left > 0 ? left * 1000 + 1 : 0) : -1;
}

static void look(struct custody *custody)
{
    struct pollfd both[] = {{.fd = custody->until > 0 ? -1 : custody->ask, .events = POLLIN},
                            {.fd = custody->ends, .events = POLLIN}};
    struct signalfd_siginfo taken;
    if (poll(both, 2, idle_ms(custody)) < 0)
        return;
    if (both[1].revents != 0 && read(custody->ends, &taken, sizeof taken) < 0)
        return;
    if (both[0].revents != 0)
        listen_to(custody);
    if (custody->until > 0)
        each_child(custody, send, SIGKILL);
    reap(custody);
    if (owes(custody) && custody->until <= 0 && idle_ms(custody) == 0)
        tell_all(custody);
}

static _Noreturn void keep(struct custody *custody)
{
    while (!custody->alone && (custody->until <= 0 || clock_now_s() < custody->until))
        look(custody);
    _exit(0);
}

/* --- its start ----------------------------------------------------------------------------- */

static _Noreturn void begin(int ask, int hear, int spare, const sigset_t *mask,
                            keeper_program *become, const void *context)
{
    struct custody custody = {.ask = ask, .tell = hear};
    pid_t own = getpid();
    int error = 0;
    sigset_t ends;
    struct sigaction before, by_default = {.sa_handler = SIG_DFL};
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    sigaction(SIGCHLD, &by_default, &before); /* where it is ignored, nobody can be waited for */
    custody.ends = signalfd(-1, &ends, SFD_CLOEXEC);
    custody.list = open_list();
    custody.program = custody.ends >= 0 ? fork() : -1;
    error = custody.program < 0 ? errno : 0;
    if (custody.program == 0) {
        close(ask); /* it may execute nothing, and must not pass for its keeper */
        close(hear);
        sigaction(SIGCHLD, &before, NULL);
        sigprocmask(SIG_SETMASK, mask, NULL);
        become(context, own);
        _exit(127);
    }
    if (spare >= 0)
        close(spare);
    tell(&custody, (struct news){.kind = NEWS_STARTED, .pid = custody.program, .status = error});
    if (custody.program < 0)
        _exit(1);
    keep(&custody);
}

static void close_both(const int ends[2])
{
    if (ends[0] >= 0)
        close(ends[0]);
    if (ends[1] >= 0)
        close(ends[1]);
}

int keeper_start(struct keeper *keeper, keeper_program *become, const void *context, int spare)
{
    int down[2] = {-1, -1}, up[2] = {-1, -1};
    sigset_t every, mask;
    pid_t child = -1;
    *keeper = (struct keeper){.pid = 0, .ask = -1, .hear = -1};
    if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0)
        goto out;
    fcntl(up[1], F_SETFL, O_NONBLOCK); /* who does not listen does not stop the keeper */
    sigfillset(&every);
    sigprocmask(SIG_SETMASK, &every, &mask);
    child = fork();
    if (child == 0) {
        close(down[1]);
        close(up[0]);
        begin(down[0], up[1], spare, &mask, become, context);
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
    if (child > 0) {
        *keeper = (struct keeper){.pid = child, .ask = down[1], .hear = up[0]};
        down[1] = up[0] = -1;
    }
out:
    close_both(down);
    close_both(up);
    return child > 0 ? 0 : -1;
}

/* --- its time, and its end ----------------------------------------------------------------- */

bool keeper_hear(struct keeper *keeper, struct news *news)
{
    ssize_t got = 0;
    do
        got = read(keeper->hear, news, sizeof *news);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof *news;
}

void keeper_signal(const struct keeper *keeper, int number)
{
    unsigned char byte = (unsigned char)number;
    int kept = errno;
    if (keeper->ask >= 0 && write(keeper->ask, &byte, 1) < 0)
        errno = kept; /* it has ended, and there is nobody to signal */
}

void keeper_end(struct keeper *keeper)
{
    if (keeper->ask >= 0)
        close(keeper->ask);
    keeper->ask = -1;
}

void keeper_close(struct keeper *keeper)
{
    if (keeper->pid <= 0)
        return;
    keeper_end(keeper);
    while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    close(keeper->hear);
    *keeper = (struct keeper){.pid = 0, .ask = -1, .hear = -1};
}
