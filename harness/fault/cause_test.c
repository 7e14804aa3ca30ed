/* SPDX-License-Identifier: MIT */
/* The kernel is made to give the errors of which cause.def says that it does. */
#include "fault/cause.h"

#include "case/constant.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* --- sockets of this host's loopback -------------------------------------------------------- */

static int listener, own, other;
static struct sockaddr_in address;

static void setup(void)
{
    socklen_t size = sizeof address;
    address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    listener = socket(AF_INET, SOCK_STREAM, 0);
    own = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(listener, 4), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    cr_assert_eq(connect(own, (struct sockaddr *)&address, sizeof address), 0);
    other = accept(listener, NULL, NULL);
    cr_assert_geq(other, 0);
}

TestSuite(cause, .init = setup, .timeout = 20);

static void limit(int fd, int option)
{
    const struct timeval soon = {.tv_usec = 20000};
    cr_assert_eq(setsockopt(fd, SOL_SOCKET, option, &soon, sizeof soon), 0);
}

static void reset(int fd)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
    cr_assert_eq(close(fd), 0);
}

/* --- what is provoked: each returns the result of the call that fails ------------------------ */

static ssize_t listen_connected(void)
{
    return listen(own, 1);
}

static ssize_t accept_timed(void)
{
    limit(listener, SO_RCVTIMEO);
    return accept(listener, NULL, NULL);
}

static ssize_t connect_refused_locally(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int bound = socket(AF_UNIX, SOCK_STREAM, 0), fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    socklen_t size = sizeof name;
    cr_assert_eq(bind(bound, (struct sockaddr *)&name, sizeof name.sun_family), 0);
    cr_assert_eq(getsockname(bound, (struct sockaddr *)&name, &size), 0);
    close(fd);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect(fd, (struct sockaddr *)&name, size);
}

static ssize_t send_timed(void)
{
    static char bytes[1 << 16];
    ssize_t sent = 0;
    limit(own, SO_SNDTIMEO);
    while (sent >= 0)
        sent = send(own, bytes, sizeof bytes, MSG_NOSIGNAL);
    return sent;
}

static ssize_t recv_timed(void)
{
    char byte;
    limit(own, SO_RCVTIMEO);
    return recv(own, &byte, 1, 0);
}

static ssize_t recv_reset(void)
{
    char byte;
    reset(other);
    return recv(own, &byte, 1, 0);
}

static const struct {
    const char *name;
    ssize_t (*provoke)(void);
} provoked[] = {{"listen_connected", listen_connected},
                {"accept_timed", accept_timed},
                {"connect_refused_locally", connect_refused_locally},
                {"send_timed", send_timed},
                {"recv_timed", recv_timed},
                {"recv_reset", recv_reset}};

#define AT(name) (UINT64_C(1) << POINT_##name)
static const struct {
    uint64_t points;
    int error;
    const char *source;
} causes[] = {
#define CAUSE(at, error, where, source) {at, error, source},
#include "fault/cause.def"
};

Test(cause, the_kernel_gives_what_it_is_said_to_give)
{
    static const char word[] = "provoked: ";
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        const char *source = causes[i].source;
        size_t found = 0;
        if (strncmp(source, word, sizeof word - 1) != 0)
            continue;
        while (found < sizeof provoked / sizeof *provoked &&
               strcmp(provoked[found].name, source + sizeof word - 1) != 0)
            found++;
        cr_assert_lt(found, sizeof provoked / sizeof *provoked, "nobody provokes %s", source);
        setup();
        cr_assert_eq(provoked[found].provoke(), -1, "%s", source);
        cr_assert_eq(errno, causes[i].error, "%s: %s", source, strerror(errno));
    }
}

/* --- the two tables -------------------------------------------------------------------------- */

/* What point.def lists is what has a cause, and nothing else. */
Test(cause, every_error_of_a_point_has_a_cause)
{
    for (int point = 0; point < POINT_COUNT; point++) {
        char list[512], *rest = list;
        int listed = 0, caused = 0;
        snprintf(list, sizeof list, "%s", point_info((enum point)point)->strict);
        for (char *one = strsep(&rest, " "); one != NULL; one = strsep(&rest, " ")) {
            const struct constant *error = constant_find(GROUP_ERRNO, one);
            if (*one == '\0')
                continue;
            cr_assert_not_null(error, "%s", one);
            cr_expect(cause_ever((enum point)point, (int)error->value), "%s at %s", one,
                      point_info((enum point)point)->name);
            listed++;
        }
        for (int error = 1; error < 200; error++)
            caused += cause_ever((enum point)point, error);
        cr_expect_eq(caused, listed, "%s", point_info((enum point)point)->name);
    }
}

/* --- what never happens ---------------------------------------------------------------------- */

static void note(int number)
{
    (void)number;
}

/* A close that lingers and is interrupted has closed, and says nothing of it: a socket has no
   flush, and what it says when it is released goes nowhere (fs/open.c: filp_flush; net/socket.c:
   sock_close).
 */
Test(cause, an_interrupted_close_of_a_socket_returns_0)
{
    static char bytes[8 << 20];
    const struct linger long_time = {.l_onoff = 1, .l_linger = 15};
    const struct itimerval soon = {.it_value.tv_usec = 50000};
    const struct sigaction action = {.sa_handler = note};
    cr_assert_eq(setsockopt(own, SOL_SOCKET, SO_LINGER, &long_time, sizeof long_time), 0);
    cr_assert_gt(send(own, bytes, sizeof bytes, MSG_DONTWAIT), 0);
    cr_assert_eq(sigaction(SIGALRM, &action, NULL), 0);
    cr_assert_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
    cr_assert_eq(close(own), 0);
    cr_assert_eq(close(own), -1);
    cr_assert_not(cause_ever(POINT_close, EINTR) || cause_ever(POINT_close, EIO));
}

/* What one call sends through a stream of AF_UNIX arrives in one piece, as a message does. */
Test(cause, what_is_sent_within_a_host_arrives_whole)
{
    static const int types[] = {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM};
    static char bytes[9000];
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        int pair[2];
        cr_assert_eq(socketpair(AF_UNIX, types[i], 0, pair), 0);
        cr_assert_eq(send(pair[0], bytes, sizeof bytes, 0), sizeof bytes);
        cr_assert_eq(recv(pair[1], bytes, sizeof bytes, 0), sizeof bytes);
    }
}

/* What waits to be received comes before the end. */
Test(cause, the_end_comes_last)
{
    char room[9];
    cr_assert_eq(send(other, "all", 3, 0), 3);
    cr_assert_eq(close(other), 0);
    cr_assert_eq(recv(own, room, sizeof room, 0), 3);
    cr_assert_eq(recv(own, room, sizeof room, 0), 0);
}
