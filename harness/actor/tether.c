/* SPDX-License-Identifier: MIT */
#include "actor/tether.h"

#include "base/arena.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PART = 64 << 10, END_MS = 1000, PIPE_SIZE = 1 << 20 };

/* --- the command -------------------------------------------------------------------------------
 */

static _Noreturn void run(const char *command, int in, int out)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static bool start(struct tether *tether, const char *command)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
        return false;
    tether->to = in[1];
    tether->from = out[0];
    fcntl(in[1], F_SETFL, O_NONBLOCK);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    fcntl(in[1], F_SETPIPE_SZ, PIPE_SIZE); /* larger where it may be */
    fcntl(out[0], F_SETPIPE_SZ, PIPE_SIZE);
    tether->pid = fork();
    if (tether->pid == 0)
        run(command, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    return tether->pid > 0;
}

/* How the command ended; one that has only closed its output does not go on. */
static void tell_end(struct tether *tether, char *why, size_t size)
{
    struct pollfd end = {.fd = pidfd_open(tether->pid, 0), .events = POLLIN};
    int status = 0;
    bool ended = end.fd >= 0 && poll(&end, 1, END_MS) > 0 &&
                 waitpid(tether->pid, &status, WNOHANG) == tether->pid;
    if (!ended)
        snprintf(why, size, "its command has closed its standard output and goes on");
    else if (WIFSIGNALED(status))
        snprintf(why, size, "its command was ended by SIG%s", sigabbrev_np(WTERMSIG(status)));
    else
        snprintf(why, size, "its command ended with exit status %d", WEXITSTATUS(status));
    if (ended)
        tether->pid = 0;
    if (end.fd >= 0)
        close(end.fd);
}

/* --- bytes -------------------------------------------------------------------------------------
 */

static void flush(struct tether *tether)
{
    ssize_t wrote = 1;
    while (tether->sent < tether->out.size && wrote > 0) {
        wrote =
            write(tether->to, tether->out.bytes + tether->sent, tether->out.size - tether->sent);
        tether->sent += wrote > 0 ? (size_t)wrote : 0;
    }
    /* One that has ended takes nothing any more: its end is told where it is heard. */
    if (tether->sent == tether->out.size || (wrote < 0 && errno == EPIPE))
        tether->out.size = tether->sent = 0;
}

void tether_send(struct tether *tether, const struct frame_out *frame)
{
    frame_bytes(&tether->out, frame->bytes, frame->size);
    flush(tether);
}

/* Reads what is there. False at its end. */
static bool take_in(struct tether *tether)
{
    if (tether->taken > 0) {
        tether->got -= tether->taken;
        memmove(tether->in, tether->in + tether->taken, tether->got);
        tether->taken = 0;
    }
    if (tether->room - tether->got < PART) {
        tether->room = (tether->got + PART) * 2;
        tether->in = arena_must(realloc(tether->in, tether->room));
    }
    ssize_t got = read(tether->from, tether->in + tether->got, tether->room - tether->got);
    tether->got += got > 0 ? (size_t)got : 0;
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/* As poll(2) of both ends and one more. */
static int wait_for(struct tether *tether, struct pollfd other, int ms, struct pollfd ends[3])
{
    ends[0] = (struct pollfd){.fd = tether->from, .events = POLLIN};
    ends[1] =
        (struct pollfd){.fd = tether->sent < tether->out.size ? tether->to : -1, .events = POLLOUT};
    ends[2] = other;
    return poll(ends, 3, ms);
}

bool tether_serve(struct tether *tether, int other, int ms)
{
    struct pollfd ends[3];
    if (wait_for(tether, (struct pollfd){.fd = other, .events = POLLIN}, ms, ends) < 0)
        return false;
    if (ends[1].revents != 0)
        flush(tether);
    if (ends[0].revents != 0 && !take_in(tether)) {
        close(tether->from);
        tether->from = -1;
    }
    return ends[2].revents != 0;
}

int tether_receive(struct tether *tether, enum frame_kind *kind, struct opened *opened, char *why,
                   size_t size)
{
    size_t there = tether->got - tether->taken, body = 0;
    if (there >= FRAME_HEAD) {
        const uint8_t *head = tether->in + tether->taken;
        if (!frame_head(head, kind, &body)) {
            snprintf(why, size,
                     "its relay said what is no frame: is something else printed to "
                     "its standard output?");
            return -1;
        }
        if (there - FRAME_HEAD >= body) {
            *opened = frame_open(head + FRAME_HEAD, body);
            tether->taken += FRAME_HEAD + body;
            return 1;
        }
    }
    if (tether->from >= 0)
        return 0;
    tell_end(tether, why, size);
    return -1;
}

/* --- the greeting -------------------------------------------------------------------------------
 */

/* Its greeting, once its line is whole; NULL before, and where the line has no end. */
static const char *greeting_in(const struct tether *tether, size_t *length)
{
    const char *bytes = (const char *)tether->in;
    const char *line = tether->got > 0 ? greeting_find(bytes, tether->got) : NULL;
    const char *end =
        line != NULL ? memchr(line, '\n', tether->got - (size_t)(line - bytes)) : NULL;
    *length = end != NULL ? (size_t)(end - line) : 0;
    return *length > 0 && *length < GREETING_ROOM ? line : NULL;
}

/* What there was in the place of a greeting. */
static void tell_strange(const struct tether *tether, bool more, char *why, size_t size)
{
    char words[GREETING_WORDS];
    greeting_words((const char *)tether->in, tether->got, words);
    if (tether->got > TETHER_BEFORE_MOST)
        snprintf(why, size,
                 "its command printed more than %d bytes before its greeting; first words: \"%s\"",
                 TETHER_BEFORE_MOST, words);
    else
        snprintf(why + strlen(why), size - strlen(why),
                 "%sit printed %zu bytes, and no greeting of a relay among them; first words: "
                 "\"%s\"",
                 more ? ": " : "; ", tether->got, words);
}

/* Reads until there is a greeting, or too much else. NULL with the reason when it does not come. */
static const char *await_greeting(struct tether *tether, int ms, size_t *length, char *why,
                                  size_t size)
{
    uint64_t end = clock_now_ns() + (uint64_t)ms * 1000000U;
    const struct pollfd nothing = {.fd = -1};
    struct pollfd ends[3];
    const char *found = NULL;
    bool more = true;
    while (found == NULL && more && tether->got <= TETHER_BEFORE_MOST && clock_now_ns() < end) {
        int left = (int)((end - clock_now_ns()) / 1000000U) + 1;
        if (wait_for(tether, nothing, left, ends) > 0)
            more = take_in(tether);
        found = greeting_in(tether, length);
    }
    if (found == NULL && !more)
        tell_end(tether, why, size);
    else if (found == NULL)
        snprintf(why, size, "its relay did not begin in %g s", ms / 1000.0);
    if (found == NULL && tether->got > 0)
        tell_strange(tether, more, why, size);
    return found;
}

static bool greeted(struct tether *tether, int ms, char *why, size_t size)
{
    char line[GREETING_ROOM];
    size_t length = 0;
    const char *found = await_greeting(tether, ms, &length, why, size);
    if (found == NULL)
        return false;
    memcpy(line, found, length);
    line[length] = '\0';
    tether->taken = (size_t)(found - (const char *)tether->in) + length + 1;
    return greeting_read(line, &tether->greeting, why, size);
}

bool tether_begin(struct tether *tether, const char *command, int ms, char *why, size_t size)
{
    *tether = (struct tether){.to = -1, .from = -1};
    signal(SIGPIPE, SIG_IGN);
    if (start(tether, command))
        return greeted(tether, ms, why, size);
    snprintf(why, size, "its command could not be started: %s", strerror(errno));
    return false;
}

void tether_end(struct tether *tether)
{
    if (tether->to >= 0)
        close(tether->to);
    if (tether->from >= 0)
        close(tether->from);
    if (tether->pid > 0) {
        kill(tether->pid, SIGKILL);
        while (waitpid(tether->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    frame_free(&tether->out);
    free(tether->in);
    *tether = (struct tether){.to = -1, .from = -1};
}
