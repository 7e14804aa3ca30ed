/* SPDX-License-Identifier: MIT */
/*
 * A testbed: a child process with a pair of hosts, a wire and a log of what it saw. For the tests
 * of this room only, which include it once each.
 */
#ifndef SOCKPROOF_WIRE_TESTBED_H
#define SOCKPROOF_WIRE_TESTBED_H

#include "packet/flows.h"
#include "packet/kind.h"
#include "wire/wire.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TESTBED_REFUSED 77
#define TESTBED_LOG 256
#define TESTBED_PORT 7000

/* Ends the child with a message unless condition holds. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (errno %s)\n", __FILE__, __LINE__, #condition,              \
                    strerror(errno));                                                              \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

struct seen_packet {
    enum side from;
    enum fate fate;
    bool data, rst;
    bool checksum_valid;
    uint8_t first; /* byte of the payload */
    char fault[16];
};

struct testbed {
    struct hosts hosts;
    struct wire *wire;
    struct flows *flows;
    struct seen_packet log[TESTBED_LOG];
    int logged;
    int asked; /* times that decide was called for data */
    /* What decide answers for the nth data packet (from 1) of side; 0 for none. */
    int nth;
    enum side side;
    enum wire_action action;
};

static struct testbed testbed;

static const struct profile_entry testbed_entries[] = {
    {"net.ipv4.tcp_congestion_control", "reno", false},
    {"net.ipv4.tcp_no_metrics_save", "1", false},
    {"net.ipv4.icmp_ratelimit", "0", false},
    {"net.ipv6.icmp.ratelimit", "0", true},
    {"net.ipv4.tcp_wmem", "4096 16384 4194304", false},
    {"net.ipv4.no_such_thing", "1", true}};
static const struct profile_entry testbed_lossy[] = {{"net.ipv4.tcp_rto_min_us", "1000", true}};
static const struct profile testbed_profile = {.version = "1",
                                               .count =
                                                   sizeof testbed_entries / sizeof *testbed_entries,
                                               .entries = testbed_entries,
                                               .lossy_count = 1,
                                               .lossy = testbed_lossy};

static bool testbed_own(void *context, const struct packet *packet)
{
    (void)context;
    return packet->source_port == TESTBED_PORT || packet->destination_port == TESTBED_PORT;
}

static enum wire_action testbed_decide(void *context, const struct packet *packet, enum side from,
                                       const char **fault)
{
    (void)context;
    flows_learn(testbed.flows, packet);
    bool data = packet_has_kind(packet, "data") && from == testbed.side;
    testbed.asked += data ? 1 : 0;
    if (!data || testbed.asked != testbed.nth)
        return WIRE_PASS;
    *fault = "it";
    return testbed.action;
}

static void testbed_seen(void *context, const struct packet *packet, enum side from, enum fate fate,
                         const char *fault)
{
    (void)context;
    struct seen_packet *sighting = &testbed.log[testbed.logged % TESTBED_LOG];
    *sighting = (struct seen_packet){
        .from = from,
        .fate = fate,
        .data = packet_has_kind(packet, "data"),
        .rst = packet_has_kind(packet, "rst"),
        .checksum_valid = packet->checksum_valid,
        .first = packet->payload_size > 0 ? packet->frame[packet->payload] : 0};
    snprintf(sighting->fault, sizeof sighting->fault, "%s", fault != NULL ? fault : "");
    testbed.logged++;
}

/* How many packets met that fate. */
static inline int testbed_count(enum fate fate)
{
    int count = 0;
    for (int i = 0; i < testbed.logged; i++)
        count += testbed.log[i].fate == fate ? 1 : 0;
    return count;
}

/* Faults the nth data packet of side from now on, and forgets what was seen. */
static inline void testbed_fault(int nth, enum side side, enum wire_action action)
{
    testbed.nth = nth;
    testbed.side = side;
    testbed.action = action;
    testbed.asked = 0;
    testbed.logged = 0;
}

/* Pumps until nothing moves and nothing waits in the kernel, as the harness settles; returns how
   many packets moved. */
static inline int testbed_pump(void)
{
    int moved = 0;
    int quiet = 0;
    for (int tries = 0; tries < 1000000 && quiet < 3; tries++) {
        int now = wire_pump(testbed.wire, 10000);
        quiet = now == 0 && hosts_backlog_empty() ? quiet + 1 : 0;
        moved += now;
    }
    return moved;
}

/* The address and port of side in that family; its size. */
static inline socklen_t testbed_address(enum side side, int family, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
    out->ss_family = (sa_family_t)family;
    if (family == AF_INET) {
        four->sin_port = htons(TESTBED_PORT);
        four->sin_addr = testbed.hosts.address4[side];
    } else {
        six->sin6_port = htons(TESTBED_PORT);
        six->sin6_addr = testbed.hosts.address6[side];
    }
    return family == AF_INET ? sizeof *four : sizeof *six;
}

/* A nonblocking socket in the namespace of a host. */
static inline int testbed_socket(enum side side, int family, int type)
{
    CHECK(setns(testbed.hosts.netns[side], CLONE_NEWNET) == 0);
    int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0);
    CHECK(setns(testbed.hosts.wire_netns, CLONE_NEWNET) == 0);
    return fd;
}

/* A bound socket of the server and one of the client, connected to it as far as it goes. */
static inline void testbed_pair(int family, int type, int *client, int *server)
{
    struct sockaddr_storage address;
    socklen_t size = testbed_address(SIDE_SERVER, family, &address);
    *server = testbed_socket(SIDE_SERVER, family, type);
    *client = testbed_socket(SIDE_CLIENT, family, type);
    static const int on = 1; /* the connections of a test before may be in TIME_WAIT */
    CHECK(setsockopt(*server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    CHECK(bind(*server, (struct sockaddr *)&address, size) == 0);
    if (type == SOCK_STREAM)
        CHECK(listen(*server, 8) == 0);
    CHECK(connect(*client, (struct sockaddr *)&address, size) == 0 || errno == EINPROGRESS);
}

/* An established TCP connection; the listener is closed. */
static inline void testbed_connected(int family, int *client, int *server)
{
    int listener = -1;
    testbed_pair(family, SOCK_STREAM, client, &listener);
    testbed_pump();
    *server = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    CHECK(*server >= 0);
    close(listener);
}

/* Pumps until fd is readable, at most a second. */
static inline bool testbed_readable(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    bool ready = false;
    for (int tries = 0; tries < 1000 && !ready; tries++) {
        testbed_pump();
        ready = poll(&wait, 1, 1) > 0;
    }
    return ready;
}

static inline void testbed_child(const struct profile *profile, void (*body)(void))
{
    const struct wire_hooks hooks = {
        .own = testbed_own, .decide = testbed_decide, .seen = testbed_seen};
    const char *what = NULL;
    char why[256] = "";
    if (hosts_isolate(0, &what) < 0)
        _exit(TESTBED_REFUSED);
    if (hosts_open(&testbed.hosts, profile, why, sizeof why) < 0) {
        bool refused = strstr(why, "unshare") != NULL;
        fprintf(stderr, "hosts_open: %s\n", why);
        _exit(refused ? TESTBED_REFUSED : 1);
    }
    testbed.flows = flows_new();
    testbed.wire = wire_new(&testbed.hosts, &hooks);
    CHECK(testbed.flows != NULL && testbed.wire != NULL);
    CHECK(hosts_configure(&testbed.hosts, why, sizeof why) == 0);
    body();
    CHECK(wire_lost(testbed.wire) == 0);
    wire_free(testbed.wire);
    flows_free(testbed.flows);
    hosts_close(&testbed.hosts);
    _exit(0);
}

/* Runs body in a child with hosts of that profile; skips the test where namespaces are refused. */
static inline void testbed_with(const struct profile *profile, void (*body)(void))
{
    int status = 0;
    pid_t child = fork();
    cr_assert(child >= 0);
    if (child == 0)
        testbed_child(profile, body);
    cr_assert_eq(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == TESTBED_REFUSED)
        cr_skip_test("namespaces are refused here");
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with %#x", status);
}

static inline void testbed_run(void (*body)(void))
{
    testbed_with(&testbed_profile, body);
}

#endif
