/* SPDX-License-Identifier: MIT */
#include "program/peer.h"

#include "actor/port.h"
#include "base/clock.h"
#include "base/expendable.h"
#include "case/limit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The kernel has no event for a socket of another process that begins to listen. */
static const double look_s = 0.01;

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* --- its start ----------------------------------------------------------------------------- */

static _Noreturn void become(int netns, const char *command, int out, pid_t parent)
{
    int empty = open("/dev/null", O_RDONLY);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || setns(netns, CLONE_NEWNET) < 0)
        _exit(126);
    setpgid(0, 0);
    expendable_offer(EXPENDABLE_PROGRAM);
    dup2(empty, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    close_range(3, ~0U, 0);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

int peer_start(struct peer *peer, struct network *network, const char *command, const char *ready,
               const char *path)
{
    int ends[2] = {-1, -1};
    pid_t parent = getpid();
    *peer = (struct peer){.network = network, .ready = ready, .pidfd = -1};
    peer->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool good = peer->file >= 0 && pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0;
    if (good)
        fcntl(ends[1], F_SETFL, 0); /* the peer's end is as programs know it */
    pid_t child = good ? fork() : -1;
    if (child == 0)
        become(network_host(network, SIDE_SERVER), command, ends[1], parent);
    peer->out = ends[0];
    peer->pid = child > 0 ? child : 0;
    if (child > 0) {
        setpgid(child, child); /* whichever of the two comes first */
        peer->pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    }
    close_one(&ends[1]);
    return child > 0 && peer->pidfd >= 0 ? 0 : -1;
}

/* --- its time ------------------------------------------------------------------------------ */

/* Keeps the end of what was said, and looks whether it holds what the peer prints once ready. */
static void keep(struct peer *peer, const char *bytes, size_t size)
{
    size_t most = sizeof peer->last;
    size_t stays = size < most ? most - size : 0;
    if (stays > peer->kept)
        stays = peer->kept;
    memmove(peer->last, peer->last + peer->kept - stays, stays);
    size_t more = size < most ? size : most;
    memcpy(peer->last + stays, bytes + size - more, more);
    peer->kept = stays + more;
    peer->printed =
        peer->printed || memmem(peer->last, peer->kept, peer->ready, strlen(peer->ready)) != NULL;
}

static void write_down(struct peer *peer, const char *bytes, size_t size)
{
    if (peer->file < 0)
        return;
    peer->cut = peer->written + size > SAID_MOST;
    bool good = !peer->cut && write(peer->file, bytes, size) == (ssize_t)size;
    if (!good && !peer->cut)
        peer->lost = errno;
    if (!good)
        close_one(&peer->file);
    peer->written += size;
}

/* Takes in what the peer has said. In pieces that are smaller than what is kept by more than ready
   is long, so that ready is found wherever it stands; no more than a pipe holds, so that packets
   have their turn. */
static void listen_to(struct peer *peer)
{
    enum { PIECE = 48, PIECES = 65536 / PIECE + 1 };
    char bytes[PIECE];
    ssize_t got = 1;
    for (int i = 0; i < PIECES && got > 0; i++) {
        got = peer->out >= 0 ? read(peer->out, bytes, sizeof bytes) : 0;
        if (got <= 0)
            continue;
        keep(peer, bytes, (size_t)got);
        write_down(peer, bytes, (size_t)got);
    }
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        close_one(&peer->out);
}

/* Carries packets for at most so long, or until fd is readable; true when it is. */
static bool carry(struct peer *peer, int fd, double seconds)
{
    struct pollfd more[] = {{.fd = fd, .events = POLLIN}, {.fd = peer->out, .events = POLLIN}};
    network_carry(peer->network, more, 2, seconds);
    if (more[1].revents != 0)
        listen_to(peer);
    return more[0].revents != 0;
}

static bool is_ready(const struct peer *peer)
{
    char process[32];
    snprintf(process, sizeof process, "/proc/%d", (int)peer->pid);
    if (strcmp(peer->ready, "started") == 0)
        return true;
    if (strcmp(peer->ready, "listening") == 0)
        return port_listens(process, 0, false) || port_listens(process, 0, true);
    return peer->printed;
}

static void take_end(struct peer *peer)
{
    while (waitpid(peer->pid, &peer->status, 0) < 0 && errno == EINTR)
        continue;
    peer->ended = true;
    listen_to(peer);
}

bool peer_ready(struct peer *peer, double seconds, const volatile sig_atomic_t *stop)
{
    double end = clock_now_s() + seconds;
    bool ready = is_ready(peer);
    while (!ready && !peer->ended && *stop == 0 && clock_now_s() < end) {
        if (carry(peer, peer->pidfd, look_s))
            take_end(peer);
        ready = is_ready(peer);
    }
    return ready;
}

bool peer_await(void *context, int fd, double seconds)
{
    struct peer *peer = context;
    double end = clock_now_s() + seconds;
    bool over = false;
    while (!over && (seconds <= 0 || clock_now_s() < end))
        over = carry(peer, fd, seconds > 0 ? end - clock_now_s() : -1);
    return over;
}

/* --- its end ------------------------------------------------------------------------------- */

/* How long what is on its way may take to arrive, before the peer is asked to end. */
static const double still_s = 1;

/* True when it has ended within so many seconds. */
static bool ended_within(struct peer *peer, double seconds)
{
    double end = clock_now_s() + seconds;
    bool over = false;
    do
        over = carry(peer, peer->pidfd, end > clock_now_s() ? end - clock_now_s() : 0);
    while (!over && clock_now_s() < end);
    return over;
}

void peer_end(struct peer *peer, double seconds)
{
    if (peer->pid > 0 && !peer->ended) {
        network_still(peer->network, still_s);
        bool itself = ended_within(peer, 0);
        if (!itself)
            kill(-peer->pid, SIGTERM);
        if (!itself && !ended_within(peer, seconds))
            kill(-peer->pid, SIGKILL);
        take_end(peer);
        peer->ended = itself;
    }
    if (peer->pid > 0)
        kill(-peer->pid, SIGKILL); /* what it left behind */
    peer->pid = 0;
    close_one(&peer->pidfd);
    close_one(&peer->out);
    close_one(&peer->file);
}

const char *peer_last_words(const struct peer *peer)
{
    static char text[sizeof peer->last + 1];
    size_t end = peer->kept;
    while (end > 0 && peer->last[end - 1] == '\n')
        end--;
    size_t begin = end;
    while (begin > 0 && peer->last[begin - 1] != '\n')
        begin--;
    snprintf(text, sizeof text, "%.*s", (int)(end - begin), peer->last + begin);
    return text;
}
