/* SPDX-License-Identifier: MIT */
#include "engine/guest.h"

#include "base/clock.h"
#include "base/demise.h"
#include "base/expendable.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Inside, the engine gives up a case at its limit: this side waits for that to arrive. */
enum { SILENCE_FACTOR = 2, ARGUMENTS = 32, STREAM_FD = 3, LINES_TOLD = 6 };

static uint64_t later_us(double seconds)
{
    return clock_now_us() + (uint64_t)(seconds * 1e6);
}

/* The program that becomes the guest, with what the engine inside needs to know. */
static void become_guest(const struct guest *guest, const struct config *config)
{
    static char engine[4096];
    static char text[6][40];
    char *driver = NULL;
    const char *argument[ARGUMENTS] = {"/usr/bin/python3", "-I", "-X", "utf8"};
    int count = 4;
    ssize_t length = readlink("/proc/self/exe", engine, sizeof engine - 1);
    if (length < 0 || asprintf(&driver, "%s/harness/driver", config->root) < 0)
        return;
    snprintf(text[0], sizeof text[0], "%llu", (unsigned long long)config->seed);
    snprintf(text[1], sizeof text[1], "%d", config->repeat);
    snprintf(text[2], sizeof text[2], "%g", config->slow_factor);
    snprintf(text[3], sizeof text[3], "%d", config->case_limit);
    const char *known = config->baseline != NULL ? config->baseline : guest->name;
    static const char *const places[] = {"auto", "wire", "loopback"};
    const char *const rest[] = {driver,
                                guest->far != NULL ? "far" : "guest",
                                guest->far != NULL ? "start" : "boot",
                                guest->far != NULL ? guest->far : guest->name,
                                "--engine",
                                engine,
                                "--",
                                "--allow-programs", /* who may was decided here */
                                "--allow-commands",
                                "--seed",
                                text[0],
                                "--repeat",
                                text[1],
                                "--slow-factor",
                                text[2],
                                "--case-limit",
                                text[3],
                                "--place",
                                places[config->place],
                                config->no_baseline ? "--no-baseline" : "--baseline",
                                config->no_baseline ? NULL : known};
    for (size_t i = 0; i < sizeof rest / sizeof *rest && rest[i] != NULL; i++)
        argument[count++] = rest[i];
    if (config->capture)
        argument[count++] = "--capture";
    execv(argument[0], (char *const *)argument);
}

/* The child's side of the fork: standard input is the selection, standard output and error are
   the console, descriptor 3 is the stream. */
static _Noreturn void perform(const struct guest *guest, const struct config *config, int selection,
                              int console, int stream)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    expendable_offer(EXPENDABLE_WORKER);
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    /* Out of the way of the numbers that are about to be taken. */
    int from[] = {fcntl(selection, F_DUPFD, 10), fcntl(console, F_DUPFD, 10),
                  fcntl(stream, F_DUPFD, 10)};
    dup2(from[0], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    dup2(from[1], STDERR_FILENO);
    dup2(from[2], STREAM_FD);
    close_range(STREAM_FD + 1, ~0U, 0);
    become_guest(guest, config);
    printf("no /usr/bin/python3 to start a guest with: %s\n", strerror(errno));
    fflush(stdout);
    _exit(127);
}

static int selection_file(const char *selection)
{
    size_t size = strlen(selection);
    int fd = memfd_create("selection", MFD_CLOEXEC);
    if (fd >= 0 && (write(fd, selection, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

bool guest_start(struct guest *guest, const char *name, const char *far,
                 const struct config *config, const char *selection)
{
    int console[2] = {-1, -1};
    int stream[2] = {-1, -1};
    *guest = (struct guest){.name = name, .far = far, .stream = -1, .console = -1};
    int chosen = selection_file(selection);
    bool good = chosen >= 0 && pipe2(console, O_CLOEXEC) == 0 && pipe2(stream, O_CLOEXEC) == 0;
    fflush(NULL);
    pid_t pid = good ? fork() : -1;
    if (pid == 0)
        perform(guest, config, chosen, console[1], stream[1]);
    close(chosen);
    close(console[1]);
    close(stream[1]);
    if (pid < 0) {
        close(console[0]);
        close(stream[0]);
        return false;
    }
    setpgid(pid, pid);
    fcntl(console[0], F_SETFL, O_NONBLOCK);
    fcntl(stream[0], F_SETFL, O_NONBLOCK);
    guest->pid = pid;
    guest->console = console[0];
    guest->stream = stream[0];
    guest->silent_until_us = later_us(config->boot_limit * config->slow_factor);
    return true;
}

/* Keeps the end of what was told so far. */
static void keep(struct guest *guest, const char *text, size_t size)
{
    size_t over =
        guest->told_size + size > CONSOLE_KEPT ? guest->told_size + size - CONSOLE_KEPT : 0;
    size_t dropped = over < guest->told_size ? over : guest->told_size;
    memmove(guest->told, guest->told + dropped, guest->told_size - dropped);
    guest->told_size -= dropped;
    size_t skipped = size > CONSOLE_KEPT ? size - CONSOLE_KEPT : 0;
    memcpy(guest->told + guest->told_size, text + skipped, size - skipped);
    guest->told_size += size - skipped;
}

void guest_hear(struct guest *guest)
{
    char text[CONSOLE_KEPT];
    ssize_t got = 0;
    while (guest->console >= 0 && (got = read(guest->console, text, sizeof text)) > 0)
        keep(guest, text, (size_t)got);
    if (guest->console >= 0 && got == 0) {
        close(guest->console);
        guest->console = -1;
    }
}

bool guest_take(struct guest *guest, const struct config *config)
{
    int got = stream_read(&guest->reader, guest->stream);
    if (got > 0)
        guest->silent_until_us =
            later_us(SILENCE_FACTOR * (double)config->case_limit * config->slow_factor);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Where the lines worth quoting begin: at a kernel's last words, else the last few. */
static size_t worth_quoting(const struct guest *guest)
{
    static const char panic[] = "Kernel panic";
    const char *words = memmem(guest->told, guest->told_size, panic, sizeof panic - 1);
    size_t at = words != NULL ? (size_t)(words - guest->told) : guest->told_size;
    int lines = words != NULL ? LINES_TOLD : 0;
    while (at > 0 && lines < LINES_TOLD) {
        at--;
        lines += at > 0 && guest->told[at - 1] == '\n' && guest->told_size - at > 1;
    }
    return at;
}

/* Lines become parts of one, and what cannot be printed becomes a blank; blanks are joined. */
static void flatten(FILE *out, const char *text, size_t size)
{
    const char *gap = "";
    bool any = false;
    int lines = 0;
    for (size_t i = 0; i < size && lines < LINES_TOLD; i++) {
        if (text[i] > ' ' && text[i] < 0x7f) {
            fprintf(out, "%s%c", any ? gap : "", text[i]);
            gap = "";
            any = true;
        } else if (text[i] == '\n') {
            gap = " / ";
            lines++;
        } else if (gap[0] == '\0') {
            gap = " ";
        }
    }
    if (!any)
        fputs("nothing", out);
}

void guest_trouble(const struct guest *guest, const char *what, char *text, size_t size)
{
    FILE *out = fmemopen(text, size, "w");
    size_t from = worth_quoting(guest);
    text[0] = '\0';
    if (out == NULL)
        return;
    fprintf(out, "the %s %s %s; its %s: ", guest->far != NULL ? "machine" : "guest", guest->name,
            what, guest->far != NULL ? "last words" : "console");
    flatten(out, guest->told + from, guest->told_size - from);
    fclose(out);
    text[size - 1] = '\0';
}

void guest_end(struct guest *guest)
{
    if (guest->pid > 0) {
        if (guest->far != NULL && kill(guest->pid, SIGTERM) == 0)
            demise_within(guest->pid, GUEST_LEAVES_MS);
        kill(-guest->pid, SIGKILL);
        while (waitpid(guest->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
        guest->pid = 0;
    }
    if (guest->stream >= 0)
        close(guest->stream);
    if (guest->console >= 0)
        close(guest->console);
    guest->stream = guest->console = -1;
    stream_free(&guest->reader);
}
