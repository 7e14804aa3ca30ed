/* SPDX-License-Identifier: MIT */
/*
 * Theory of operation. One thread plays the client, the wire and the server: it sends, carries what
 * waits on the wire, receives on the other side and answers. So a figure holds the calls, the way
 * through both stacks and (on the wire) the forwarder, and neither a wake-up nor the scheduler. The
 * carriers take turns, one round trip each, so that a slow moment of the machine meets all alike.
 * Every message has a number of its own and is compared at both ends.
 *
 * On loopback both ends stand in one host, at two addresses of its lo: a raw socket would otherwise
 * receive what it sends itself. Both are connected, so that no end takes the other's messages.
 */
#include "engine/roundtrip.h"

#include "base/clock.h"
#include "wire/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 7000, PROTOCOL = 253 /* RFC 3692: for experiments */, WARM_UP = 200 };
#define PATIENCE_NS 2000000000U /* for one message; a lost one is not sent again */

struct pair {
    int fd[SIDE_COUNT];
    size_t header; /* what stands before the message when it is received */
};

struct course {
    struct hosts hosts;
    struct wire *wire;
    enum path path;
    struct pair pair[MEDIUM_COUNT];
    uint64_t *times[MEDIUM_COUNT];
    struct roundtrips *out;
};

const char *path_name(enum path path)
{
    static const char *const names[PATH_COUNT] = {"wire", "loopback"};
    return names[path];
}

const char *medium_name(enum medium medium)
{
    static const char *const names[MEDIUM_COUNT] = {"raw", "udp", "tcp"};
    return names[medium];
}

__attribute__((format(printf, 2, 3))) static bool fail(struct course *course, const char *format,
                                                       ...)
{
    va_list list;
    va_start(list, format);
    if (course->out->why[0] == '\0')
        vsnprintf(course->out->why, sizeof course->out->why, format, list);
    va_end(list);
    return false;
}

/* --- the sockets ------------------------------------------------------------------------- */

/* Nothing on this wire is a case's: it carries all and looks at nothing. */
static bool own_none(void *context, const struct packet *packet)
{
    (void)context;
    (void)packet;
    return false;
}

static struct sockaddr_in address_of(const struct course *course, enum side side,
                                     enum medium medium)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = medium == MEDIUM_RAW ? 0 : htons((uint16_t)(PORT + side));
    address.sin_addr = course->hosts.address4[side];
    if (course->path == PATH_LOOPBACK)
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)side);
    return address;
}

/* A bound socket of a host, or -1. */
static int open_end(const struct course *course, enum side side, enum medium medium)
{
    static const int types[MEDIUM_COUNT] = {SOCK_RAW, SOCK_DGRAM, SOCK_STREAM};
    enum side host = course->path == PATH_LOOPBACK ? SIDE_CLIENT : side;
    struct sockaddr_in address = address_of(course, side, medium);
    if (setns(course->hosts.netns[host], CLONE_NEWNET) < 0)
        return -1;
    int fd = socket(AF_INET, types[medium] | SOCK_NONBLOCK | SOCK_CLOEXEC,
                    medium == MEDIUM_RAW ? PROTOCOL : 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void carry(const struct course *course)
{
    if (course->path == PATH_WIRE)
        wire_pump(course->wire, ROUNDTRIP_MAX);
}

/* Makes the server's end a connection's: waits for the client's on it. */
static bool accept_on(struct course *course, int *fd)
{
    uint64_t end = clock_now_ns() + PATIENCE_NS;
    int accepted = -1;
    do {
        carry(course);
        accepted = accept4(*fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (accepted < 0 && errno == EAGAIN && clock_now_ns() < end);
    close(*fd);
    *fd = accepted;
    return accepted >= 0;
}

static bool join(struct course *course, enum medium medium)
{
    static const int on = 1;
    int *fd = course->pair[medium].fd;
    bool stream = medium == MEDIUM_TCP;
    bool good = true;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT && good; side++) {
        fd[side] = open_end(course, side, medium);
        good = fd[side] >= 0;
    }
    if (good && stream)
        good = listen(fd[SIDE_SERVER], 1) == 0;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT && good; side++) {
        enum side other = side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
        struct sockaddr_in peer = address_of(course, other, medium);
        if (side == SIDE_CLIENT || !stream)
            good = connect(fd[side], (struct sockaddr *)&peer, sizeof peer) == 0 ||
                   errno == EINPROGRESS;
    }
    good = good && (!stream || accept_on(course, &fd[SIDE_SERVER]));
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT && good && stream; side++)
        good = setsockopt(fd[side], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0;
    course->pair[medium].header = medium == MEDIUM_RAW ? 20 : 0;
    return good || fail(course, "no pair of %s sockets: %s", medium_name(medium), strerror(errno));
}

/* --- the round trips --------------------------------------------------------------------- */

/* One message from one end to the other, and what arrives compared with it. */
static bool deliver(struct course *course, enum medium medium, enum side from,
                    const uint8_t *message)
{
    const struct pair *pair = &course->pair[medium];
    enum side to = from == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
    uint8_t got[ROUNDTRIP_MESSAGE + 64];
    uint64_t end = 0;
    ssize_t size = -1;
    if (send(pair->fd[from], message, ROUNDTRIP_MESSAGE, 0) != ROUNDTRIP_MESSAGE)
        return fail(course, "%s: send: %s", medium_name(medium), strerror(errno));
    carry(course);
    size = recv(pair->fd[to], got, sizeof got, 0);
    while (size < 0 && errno == EAGAIN && (end == 0 || clock_now_ns() < end)) {
        end = end == 0 ? clock_now_ns() + PATIENCE_NS : end;
        carry(course);
        size = recv(pair->fd[to], got, sizeof got, 0);
    }
    if (size < 0)
        return fail(course, "%s: recv: %s", medium_name(medium), strerror(errno));
    if ((size_t)size != pair->header + ROUNDTRIP_MESSAGE ||
        memcmp(got + pair->header, message, ROUNDTRIP_MESSAGE) != 0)
        return fail(course, "%s: another message arrived than was sent", medium_name(medium));
    return true;
}

static bool go_round(struct course *course, enum medium medium, uint64_t number, uint64_t *time)
{
    uint8_t message[ROUNDTRIP_MESSAGE];
    memset(message, (int)number, sizeof message);
    memcpy(message, &number, sizeof number);
    uint64_t began = clock_now_ns();
    bool good = deliver(course, medium, SIDE_CLIENT, message) &&
                deliver(course, medium, SIDE_SERVER, message);
    *time = clock_now_ns() - began;
    return good;
}

static int by_size(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a;
    uint64_t other = *(const uint64_t *)b;
    return (one > other) - (one < other);
}

static void evaluate(struct course *course, size_t rounds)
{
    for (enum medium medium = MEDIUM_RAW; medium < MEDIUM_COUNT; medium++) {
        uint64_t *times = course->times[medium];
        qsort(times, rounds, sizeof *times, by_size);
        course->out->of[medium] = (struct roundtrip){times[rounds / 2], times[rounds * 99 / 100]};
    }
}

static bool run(struct course *course, int rounds)
{
    bool good = true;
    for (enum medium medium = MEDIUM_RAW; medium < MEDIUM_COUNT && good; medium++) {
        course->times[medium] = calloc((size_t)rounds, sizeof *course->times[medium]);
        good = course->times[medium] != NULL ? join(course, medium)
                                             : fail(course, "no memory for the times");
    }
    for (uint64_t i = 0; i < WARM_UP + (uint64_t)rounds && good; i++)
        for (enum medium medium = MEDIUM_RAW; medium < MEDIUM_COUNT && good; medium++)
            good =
                go_round(course, medium, i, &course->times[medium][i < WARM_UP ? 0 : i - WARM_UP]);
    if (good)
        evaluate(course, (size_t)rounds);
    return good;
}

/* The child: its descriptors and memory go with it. */
static _Noreturn void measure(struct roundtrips *out, enum path path, const struct profile *profile,
                              int rounds)
{
    static const struct wire_hooks hooks = {.own = own_none};
    static struct course course;
    const char *what = "";
    course = (struct course){.path = path, .out = out};
    if (hosts_isolate(0, &what) < 0)
        fail(&course, "%s: %s", what, strerror(errno));
    else if (hosts_open(&course.hosts, profile, out->why, sizeof out->why) == 0 &&
             (course.wire = wire_new(&course.hosts, &hooks)) == NULL)
        fail(&course, "the wire: %s", strerror(errno));
    bool good = course.wire != NULL &&
                hosts_configure(&course.hosts, out->why, sizeof out->why) == 0 &&
                run(&course, rounds);
    if (good && wire_lost(course.wire) > 0)
        good = fail(&course, "the wire lost packets");
    _exit(good ? 0 : 1);
}

bool roundtrip_measure(struct roundtrips *out, enum path path, const struct profile *profile,
                       int rounds)
{
    int status = 0;
    struct roundtrips *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *out = (struct roundtrips){.why = "no process could be made to measure"};
    if (shared == MAP_FAILED)
        return false;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        measure(shared, path, profile, rounds);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (pid > 0)
        *out = *shared;
    bool good = pid > 0 && status == 0;
    if (!good && out->why[0] == '\0')
        snprintf(out->why, sizeof out->why, "the process that measured died");
    munmap(shared, sizeof *shared);
    return good;
}
