/* SPDX-License-Identifier: MIT */
/* Two hosts for programs, with datagrams of this process's own in place of a program's. Each test
   runs in a child, which leaves for namespaces of its own. */
#include "program/network.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REFUSED = 77, PORT = 7000, SECONDS = 5 };

/* Ends the child with a message unless condition holds. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (errno %s)\n", __FILE__, __LINE__, #condition,              \
                    strerror(errno));                                                              \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static struct control control;
static struct faultplan plan;
static struct network *network;
static int client, server; /* a socket on each host, the client's connected to the server's */

static void in_child(void (*body)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        body();
        _exit(0);
    }
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED)
        cr_skip_test("namespaces are refused here");
    cr_assert_eq(status, 0);
}

static int socket_on(enum side side)
{
    int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    CHECK(setns(network_host(network, side), CLONE_NEWNET) == 0);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    CHECK(fd >= 0 && setns(here, CLONE_NEWNET) == 0);
    close(here);
    return fd;
}

static struct sockaddr_in address_of(const char *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    CHECK(inet_pton(AF_INET, host, &address.sin_addr) == 1);
    return address;
}

static void begin(const char *capture)
{
    static const struct profile_entry quiet[] = {{"net.ipv4.icmp_ratelimit", "0", false}};
    static const struct profile profile = {.version = "1", .count = 1, .entries = quiet};
    char why[256];
    control.plan.count = plan.plan.count;
    memcpy(control.plan.fault, plan.plan.fault, sizeof plan.plan.fault);
    network = network_open(&profile, &control, &plan, capture, why, sizeof why);
    if (network == NULL) {
        fprintf(stderr, "%s\n", why);
        _exit(strstr(why, "not permitted") != NULL || strstr(why, "denied") != NULL ? REFUSED : 1);
    }
    struct sockaddr_in there = address_of(network_address(network, SIDE_SERVER, AF_INET));
    server = socket_on(SIDE_SERVER);
    client = socket_on(SIDE_CLIENT);
    CHECK(bind(server, (struct sockaddr *)&there, sizeof there) == 0);
    CHECK(connect(client, (struct sockaddr *)&there, sizeof there) == 0);
}

/* What arrives next within the time that the network takes to be still; "" for nothing. */
static const char *arrived(void)
{
    static char text[64];
    network_still(network, SECONDS);
    ssize_t got = recv(server, text, sizeof text - 1, MSG_DONTWAIT);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

static void send_text(const char *text)
{
    CHECK(send(client, text, strlen(text), 0) == (ssize_t)strlen(text));
}

static void lose_the_second(void)
{
    CHECK(faultplan_add_text(&plan, "wire drop data nth 2 from client", stderr));
    begin(NULL);
    send_text("one");
    CHECK(strcmp(arrived(), "one") == 0);
    CHECK(network_firings(network) == NULL);
    send_text("two");
    CHECK(strcmp(arrived(), "") == 0);
    send_text("three");
    CHECK(strcmp(arrived(), "three") == 0);
    const struct wire_firing *fired = network_firings(network);
    CHECK(fired != NULL && fired->next == NULL);
    CHECK(fired->fault == 0 && strcmp(fired->from, "client") == 0 && fired->size == 3);
    CHECK(strstr(fired->packet, "client > server udp") != NULL);
    CHECK(network_lost(network) == 0);
    CHECK(network_close(network) == 0);
}

Test(network, what_a_fault_takes_does_not_arrive_and_is_told, .timeout = 30)
{
    in_child(lose_the_second);
}

static void reorder_two(void)
{
    CHECK(faultplan_add_text(&plan, "wire reorder data nth 1 from client", stderr));
    begin(NULL);
    send_text("first");
    send_text("second");
    CHECK(strcmp(arrived(), "second") == 0);
    CHECK(strcmp(arrived(), "first") == 0);
    send_text("alone");
    CHECK(strcmp(arrived(), "alone") == 0);
    network_close(network);
}

Test(network, one_that_is_overtaken_comes_behind, .timeout = 30)
{
    in_child(reorder_two);
}

static void keep_alone(void)
{
    CHECK(faultplan_add_text(&plan, "wire reorder data from client", stderr));
    begin(NULL);
    send_text("alone");
    CHECK(strcmp(arrived(), "alone") == 0);
    network_close(network);
}

/* What nothing overtakes is not lost: it goes when the wire has been still for a while. */
Test(network, what_nothing_overtakes_goes_all_the_same, .timeout = 30)
{
    in_child(keep_alone);
}

static void ask_behind(void)
{
    begin(NULL);
    struct sockaddr_in nobody = address_of("192.0.2.1");
    int on = 1; /* or a host that is not there is told to nobody (ip(7)) */
    CHECK(setsockopt(client, IPPROTO_IP, IP_RECVERR, &on, sizeof on) == 0);
    CHECK(connect(client, (struct sockaddr *)&nobody, sizeof nobody) == 0);
    send_text("anybody?");
    network_still(network, SECONDS);
    CHECK(send(client, "x", 1, 0) == -1 && errno == EHOSTUNREACH);
    network_close(network);
}

Test(network, behind_the_two_hosts_is_nothing, .timeout = 30)
{
    in_child(ask_behind);
}

static void replay(void)
{
    CHECK(faultplan_add_text(&plan, "wire drop data from client", stderr));
    plan.plan.fault[0].trigger = (struct trigger){.kind = TRIGGER_LISTED};
    control.replaying = true;
    begin(NULL);
    send_text("one");
    CHECK(strcmp(arrived(), "one") == 0);
    CHECK(network_firings(network) == NULL);
    network_close(network);
}

Test(network, a_replay_fires_what_it_lists_and_nothing_else, .timeout = 30)
{
    in_child(replay);
}

static void wait_for_one(void)
{
    begin(NULL);
    int ends[2];
    CHECK(pipe(ends) == 0);
    struct pollfd ready = {.fd = ends[0], .events = POLLIN};
    CHECK(network_carry(network, &ready, 1, 0.01) == 0);
    CHECK(write(ends[1], "x", 1) == 1);
    CHECK(network_carry(network, &ready, 1, -1) == 1 && ready.revents == POLLIN);
    network_close(network);
}

Test(network, it_carries_until_somebody_has_something, .timeout = 30)
{
    in_child(wait_for_one);
}

static void capture(void)
{
    char path[] = "/tmp/network_test.XXXXXX";
    close(mkstemp(path));
    begin(path);
    send_text("seen");
    CHECK(strcmp(arrived(), "seen") == 0);
    CHECK(network_close(network) == 0);
    char bytes[4096];
    FILE *in = fopen(path, "re");
    size_t size = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    unlink(path);
    CHECK(memmem(bytes, size, "seen", 4) != NULL);
    CHECK(memmem(bytes, size, "client > server udp", 19) != NULL);
}

Test(network, every_packet_is_in_the_capture, .timeout = 30)
{
    in_child(capture);
}
