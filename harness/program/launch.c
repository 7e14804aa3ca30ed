/* SPDX-License-Identifier: MIT */
#include "program/launch.h"

#include "base/clock.h"
#include "base/expendable.h"
#include "preload/handover.h"
#include "program/keeper.h"

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
#include <sys/wait.h>
#include <unistd.h>

struct control *launch_control(const char *path, int *memory)
{
    void *found = MAP_FAILED;
    int fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
                          : memfd_create("sockproof-control", MFD_CLOEXEC);
    if (fd >= 0 && ftruncate(fd, sizeof(struct control)) == 0)
        found = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0 && (path != NULL || found == MAP_FAILED))
        close(fd);
    if (found == MAP_FAILED)
        return NULL;
    struct control *control = found;
    control->magic = CONTROL_MAGIC;
    control->size = sizeof *control;
    if (memory != NULL)
        *memory = path == NULL ? fd : -1;
    return control;
}

void launch_close(struct control *control, int memory)
{
    munmap(control, sizeof *control);
    if (memory >= 0)
        close(memory);
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

/* --- the program --------------------------------------------------------------------------- */

/* What the program is made of. */
struct making {
    const struct launch *launch;
    char *const *argv;
    int tell;     /* an errno goes there when it cannot be executed */
    pid_t engine; /* us */
};

/* In the child: what was preloaded before us stays. */
static void put_in_front(const struct making *making)
{
    const struct launch *launch = making->launch;
    const char *before = getenv("LD_PRELOAD");
    char list[8192], path[64], text[128];
    struct handover handover = {.path = path};
    if (launch->object == NULL)
        return;
    int object = open(launch->object, O_RDONLY | O_CLOEXEC);
    handover.control = handover_lend(launch->memory, fcntl);
    handover.object = object >= 0 ? handover_lend(object, fcntl) : -1;
    snprintf(list, sizeof list, "%s%s%s", launch->object, before != NULL ? ":" : "",
             before != NULL ? before : "");
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)making->engine, launch->memory);
    setenv("LD_PRELOAD", list, 1);
    if (handover_write(&handover, text, sizeof text))
        setenv(CONTROL_VARIABLE, text, 1);
}

static _Noreturn void become(const void *context, pid_t parent)
{
    static const int passed[] = {SIGINT, SIGQUIT};
    const struct making *making = context;
    const struct launch *launch = making->launch;
    struct control_process *first = &launch->control->process[0];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(126);
    expendable_offer(EXPENDABLE_PROGRAM);
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        signal(passed[i], SIG_DFL);
    if (launch->silent)
        setpgid(0, 0);
    snprintf(first->lineage, sizeof first->lineage, "0");
    atomic_store(&first->pid, getpid());
    put_in_front(making);
    if (launch->netns < 0 || setns(launch->netns, CLONE_NEWNET) == 0)
        execvp(making->argv[0], making->argv);
    int error = errno;
    if (write(making->tell, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

/* --- signals ------------------------------------------------------------------------------- */

static volatile sig_atomic_t running; /* the program; 0: it has ended */
static struct keeper keeper;
static volatile sig_atomic_t asked; /* how often what is left was told to end */

/* What was left behind is often deaf to what ends a program of the terminal. */
static void pass_on(int number)
{
    if (running > 0)
        kill(running, number);
    else
        keeper_signal(&keeper, asked++ == 0 ? SIGTERM : SIGKILL);
}

/* Ctrl-C reaches the program from the terminal by itself; what is sent to us alone is passed on. */
static void watch_signals(bool silent)
{
    struct sigaction pass = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGINT, silent ? &pass : &ignore, NULL);
    sigaction(SIGQUIT, silent ? &pass : &ignore, NULL);
    sigaction(SIGTERM, &pass, NULL);
    sigaction(SIGHUP, &pass, NULL);
}

static const double AT_ONCE = -1; /* a time that is over */

/* --- its time ------------------------------------------------------------------------------ */

/* Waits until fd is readable, at most so long (0: no end); true when it is. */
static bool readable_in_time(int fd, double seconds)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    double end = clock_now_s() + seconds;
    int ready = 0;
    do {
        double left = end - clock_now_s();
        ready = poll(&one, 1, seconds != 0 ? (int)(left > 0 ? left * 1000 + 1 : 0) : -1);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

/* Waits until the keeper has something to tell, or has ended itself; end: the time that it is
   waited for, 0 for any. True when there is something to hear. */
static bool await_news(const struct launch *launch, double end)
{
    double left = end != 0 ? end - clock_now_s() : 0;
    if (end != 0 && left <= 0)
        return false;
    return launch->await != NULL ? launch->await(launch->context, keeper.hear, left)
                                 : readable_in_time(keeper.hear, left);
}

/* The keeper has waited for it in place of its parent, which has ended. */
static void note_death(const struct launch *launch, const struct news *news)
{
    struct control_record record = {.at_ns = clock_now_ns(), .process = "0", .thread = "0"};
    control_put_death(launch->control, record, news->pid, WTERMSIG(news->status));
}

/* Until the program has ended. */
static void await_program(const struct launch *launch, double began, struct ending *ending)
{
    double end = launch->timeout > 0 ? began + launch->timeout : 0;
    struct news news = {.kind = NEWS_LEFT};
    bool more = true;
    ending->status = SIGKILL; /* when the keeper is killed, so is the program */
    while (more && news.kind != NEWS_ENDED) {
        if (!ending->timed_out && !await_news(launch, end)) {
            ending->timed_out = true;
            keeper_end(&keeper);
        }
        more = keeper_hear(&keeper, &news);
        if (more && news.kind == NEWS_KILLED)
            note_death(launch, &news);
        if (more && news.kind == NEWS_ENDED)
            ending->status = news.status;
    }
    ending->seconds = clock_now_s() - began;
    running = 0;
}

/* --- what it leaves behind ----------------------------------------------------------------- */

static void note_left(struct ending *ending, const struct news *news)
{
    struct left *left = NULL;
    for (int i = 0; i < ending->left_count && left == NULL; i++)
        if (ending->left[i].pid == news->pid)
            left = &ending->left[i];
    if (left == NULL && news->kind == NEWS_LEFT && ending->left_count < LAUNCH_LEFT) {
        left = &ending->left[ending->left_count++];
        *left = (struct left){.pid = news->pid};
        memcpy(left->name, news->name, sizeof left->name);
    }
    if (left != NULL && news->kind == NEWS_KILLED)
        left->status = news->status;
}

static void say_followed(const struct ending *ending)
{
    fprintf(stderr, "sockproof: the program has ended, and what it left behind is followed to its "
                    "end (Ctrl-C ends it):");
    for (int i = 0; i < ending->left_count; i++)
        fprintf(stderr, "%s %s (%d)", i > 0 ? "," : "", ending->left[i].name, ending->left[i].pid);
    fputc('\n', stderr);
}

/* Notes the news that are there; false: there will be none any more. */
static bool hear_all(const struct launch *launch, struct ending *ending)
{
    struct news news;
    bool more = true;
    while (more && readable_in_time(keeper.hear, AT_ONCE)) {
        more = keeper_hear(&keeper, &news);
        if (more)
            note_left(ending, &news);
        if (more && news.kind == NEWS_KILLED)
            note_death(launch, &news);
    }
    return more;
}

/* Who is left is said soon after the program's end, and it is no longer waited for than that. */
static const double look_seconds = 1;

/* Follows what outlived the program, to its end or that of the time, or ends it. */
static void follow(const struct launch *launch, double began, struct ending *ending)
{
    double end = launch->timeout > 0 ? began + launch->timeout : 0;
    double first = launch->ends_left ? clock_now_s() + look_seconds : end;
    watch_signals(true);
    bool in_time = !ending->timed_out && await_news(launch, first);
    bool more = hear_all(launch, ending);
    if (more && in_time && !launch->quiet && !launch->ends_left)
        say_followed(ending);
    while (more && in_time && !launch->ends_left) {
        in_time = await_news(launch, end);
        more = hear_all(launch, ending);
    }
    bool ended = more;
    keeper_end(&keeper);
    while (more)
        more = await_news(launch, 0) && hear_all(launch, ending);
    ending->left_ended = ended && ending->left_count > 0;
}

static void accompany(const struct launch *launch, pid_t program, struct ending *ending)
{
    double began = clock_now_s();
    running = program;
    asked = 0;
    watch_signals(launch->silent);
    await_program(launch, began, ending);
    follow(launch, began, ending);
}

int launch_run(const struct launch *launch, char *const *argv, struct ending *ending)
{
    int ends[2], error = 0;
    struct news news = {.pid = -1, .status = EAGAIN}; /* of a keeper that says nothing */
    if (pipe2(ends, O_CLOEXEC) < 0)
        return errno;
    const struct making making = {
        .launch = launch, .argv = argv, .tell = ends[1], .engine = getpid()};
    error = keeper_start(&keeper, become, &making, ends[1]) < 0 ? errno : 0;
    close(ends[1]);
    if (error == 0 && (!keeper_hear(&keeper, &news) || news.pid <= 0))
        error = news.status;
    if (error == 0 && read(ends[0], &error, sizeof error) != sizeof error)
        error = 0;
    if (error == 0)
        accompany(launch, news.pid, ending);
    keeper_close(&keeper);
    close(ends[0]);
    return error;
}
