/* SPDX-License-Identifier: MIT */
#include "actor/relay.h"

#include "actor/actor.h"
#include "actor/asleep.h"
#include "actor/coder.h"
#include "actor/counts.h"
#include "actor/greeting.h"
#include "actor/order.h"
#include "actor/parcel.h"
#include "base/arena.h"
#include "stack/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ACTOR_CONTROL = 3, GROW = 1 << 20, NAME_ROOM = 32 };

struct relay {
    struct shared *shared;
    int control; /* to the actor */
    pid_t pid;   /* the actor; 0: not begun */
    int index;
    uint64_t open; /* slots whose calls have not ended, by bit */
    struct frame_out out;
    uint8_t *in;
    size_t room;
    char name[NAME_ROOM];
};

static bool complain(const char *what)
{
    fprintf(stderr, "sockproof relay: %s\n", what);
    return false;
}

/* --- bytes -------------------------------------------------------------------------------------
 */

static bool write_all(const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t wrote = write(STDOUT_FILENO, at, size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        at += wrote;
        size -= (size_t)wrote;
    }
    return true;
}

static bool read_all(uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t got = read(STDIN_FILENO, bytes, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        size -= (size_t)got;
    }
    return true;
}

/* No more memory than what has come. */
static bool read_body(struct relay *relay, size_t size)
{
    bool good = true;
    for (size_t got = 0; got < size && good;) {
        size_t part = size - got < GROW ? size - got : GROW;
        if (got + part > relay->room) {
            relay->room = (got + part) * 2;
            relay->in = arena_must(realloc(relay->in, relay->room));
        }
        good = read_all(relay->in + got, part);
        got += part;
    }
    return good;
}

static bool answer(struct relay *relay)
{
    frame_end(&relay->out);
    return write_all(relay->out.bytes, relay->out.size);
}

/* --- the actor ---------------------------------------------------------------------------------
 */

/* As an actor of a worker: its control socket is the first descriptor, and the case's come after.
 */
static _Noreturn void play(const struct relay *relay, int control)
{
    static const struct in6_addr nowhere[2];
    int nothing = open("/dev/null", O_RDWR);
    struct actor actor = {.name = relay->name,
                          .index = relay->index,
                          .control = ACTOR_CONTROL,
                          .shared = relay->shared,
                          .stack = &stack_linux,
                          .own = nowhere,
                          .peer = nowhere};
    signal(SIGPIPE, SIG_DFL);
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
    }
    dup2(control, ACTOR_CONTROL);
    long most = close_range(ACTOR_CONTROL + 1, ~0U, 0) == 0 ? 0 : sysconf(_SC_OPEN_MAX);
    for (int fd = ACTOR_CONTROL + 1; fd < most; fd++)
        close(fd);
    actor_serve(&actor);
}

/* HELLO: who acts here. */
static bool begin(struct relay *relay, struct opened *opened)
{
    int ends[2];
    const char *name = opened_bytes(opened, NAME_ROOM);
    relay->index = (int)opened_number(opened);
    if (!opened->good || relay->pid != 0 || relay->index < 0 || relay->index >= ACTOR_MAX)
        return complain("a greeting was expected that says who acts");
    memcpy(relay->name, name, NAME_ROOM - 1);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0)
        return complain("it has no sockets of its own (socketpair)");
    relay->pid = fork();
    if (relay->pid == 0)
        play(relay, ends[1]);
    close(ends[1]);
    relay->control = ends[0];
    if (relay->pid < 0)
        return complain("no process could be made for the actor (fork)");
    frame_begin(&relay->out, FRAME_READY);
    frame_number(&relay->out, (uint64_t)relay->pid);
    return answer(relay);
}

static bool to_actor(const struct relay *relay, int number)
{
    return send(relay->control, &number, sizeof number, MSG_NOSIGNAL) == sizeof number ||
           errno == EPIPE || errno == ECONNRESET; /* its end is told where it is heard */
}

/* --- what is asked of it ------------------------------------------------------------------------
 */

static bool take_call(struct relay *relay, struct opened *opened)
{
    int slot = (int)opened_number(opened);
    if (slot < 0 || slot >= SLOT_MAX || (relay->open >> slot & 1) != 0 ||
        !parcel_asked(opened, relay->shared, slot))
        return complain("a call came that is none, or that it has no memory for");
    relay->open |= (uint64_t)1 << slot;
    return to_actor(relay, slot);
}

static bool take_order(const struct relay *relay, struct opened *opened)
{
    int order = (int)opened_number(opened);
    bool good = opened->good && order < 0;
    return good ? to_actor(relay, order) : complain("an order came that is none");
}

static bool tell_asleep(struct relay *relay, struct opened *opened)
{
    uint64_t asked = opened_number(opened), slots = 0;
    frame_begin(&relay->out, FRAME_ASLEEP);
    counts_put(&relay->out, relay->shared, relay->index);
    frame_number(&relay->out, asked);
    for (int i = 0; i < SLOT_MAX; i++) {
        const struct call *call = &relay->shared->slot[i];
        bool open = (relay->open >> i & 1) != 0;
        pid_t tid = open ? atomic_load(&call->tid) : 0;
        if (open && asleep(relay->pid, tid, verb_get(call->verb), call->fd))
            slots |= (uint64_t)1 << i;
        frame_number(&relay->out, (uint64_t)tid);
    }
    frame_number(&relay->out, slots);
    return answer(relay);
}

static bool obey(struct relay *relay, enum frame_kind kind, struct opened *opened)
{
    bool good = false;
    if (kind == FRAME_HELLO)
        good = begin(relay, opened);
    else if (relay->pid == 0)
        complain("a greeting was expected that says who acts");
    else if (kind == FRAME_CALL)
        good = take_call(relay, opened);
    else if (kind == FRAME_ORDER)
        good = take_order(relay, opened);
    else if (kind == FRAME_ASK)
        good = tell_asleep(relay, opened);
    else if (kind == FRAME_PLAN)
        good = parcel_planned(opened, &relay->shared->plan) || complain("a plan came that is none");
    else
        complain("a frame came that is for the other side");
    return good;
}

/* One frame of standard input. False at its end, and when it is none. */
static bool from_outside(struct relay *relay, int *status)
{
    uint8_t head[FRAME_HEAD];
    enum frame_kind kind = FRAME_KINDS;
    size_t size = 0;
    if (!read_all(head, sizeof head))
        return false;
    *status = 1;
    if (!frame_head(head, &kind, &size))
        return complain("what came on standard input is no frame; it is for --stack NAME=exec:");
    if (!read_body(relay, size))
        return complain("standard input ended within a frame");
    struct opened opened = frame_open(relay->in, size);
    bool good = obey(relay, kind, &opened);
    *status = good ? 0 : 1;
    return good;
}

/* --- what it tells ------------------------------------------------------------------------------
 */

static bool tell_dead(struct relay *relay)
{
    int status = 0;
    while (waitpid(relay->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    relay->pid = 0;
    frame_begin(&relay->out, FRAME_DEAD);
    coder_constant(&(struct coder){.frame = &relay->out}, GROUP_SIGNAL,
                   WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    frame_number(&relay->out, WIFEXITED(status) ? (uint64_t)WEXITSTATUS(status) : 0);
    answer(relay);
    return false;
}

/* One number of the actor. False at its end. */
static bool from_actor(struct relay *relay)
{
    int number = 0;
    if (recv(relay->control, &number, sizeof number, 0) != sizeof number)
        return tell_dead(relay);
    frame_begin(&relay->out, number >= 0 ? FRAME_ENDED : FRAME_OBEYED);
    counts_put(&relay->out, relay->shared, relay->index);
    frame_number(&relay->out, (uint64_t)number);
    if (number >= 0) {
        parcel_answer(&relay->out, relay->shared, number);
        relay->open &= ~((uint64_t)1 << number);
    } else if (number == ORDER_CLEAN) {
        shared_clear(relay->shared);
    }
    return answer(relay);
}

static int serve(struct relay *relay)
{
    struct pollfd ends[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
    int status = 0;
    bool more = true;
    while (more) {
        ends[1].fd = relay->control;
        if (poll(ends, 2, -1) < 0)
            continue;
        if (ends[1].revents != 0)
            more = from_actor(relay);
        if (more && ends[0].revents != 0)
            more = from_outside(relay, &status);
    }
    return status;
}

int relay_serve(void)
{
    struct relay relay = {.shared = shared_new(), .control = -1};
    char line[GREETING_ROOM];
    int status = 1;
    signal(SIGPIPE, SIG_IGN);
    greeting_write(line);
    if (relay.shared == NULL)
        complain("it has no memory (mmap)");
    else if (write_all(line, strlen(line)))
        status = serve(&relay);
    if (relay.pid > 0)
        kill(relay.pid, SIGKILL);
    frame_free(&relay.out);
    free(relay.in);
    return status;
}
