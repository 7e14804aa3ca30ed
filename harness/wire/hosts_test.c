/* SPDX-License-Identifier: MIT */
#include "wire/ring.h"
#include "wire/testbed.h"

#include <ctype.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#define ENTRIES 256

static const char rto_min[] = "net.ipv4.tcp_rto_min_us";

/* What a sysctl says in a host; "" when it is not there. */
static const char *sysctl_of(enum side side, const char *key)
{
    static char value[PROFILE_VALUE];
    struct profile_entry entry = {key, "", true};
    char why[128];
    int fd = -1;
    CHECK(setns(testbed.hosts.netns[side], CLONE_NEWNET) == 0);
    CHECK(profile_open(&entry, &fd, why, sizeof why) == 0);
    value[0] = '\0';
    if (fd >= 0)
        CHECK(profile_read(fd, value, sizeof value) == 0);
    close(fd);
    CHECK(setns(testbed.hosts.wire_netns, CLONE_NEWNET) == 0);
    return value;
}

static void lossy(void)
{
    char before[PROFILE_VALUE];
    char why[256];
    snprintf(before, sizeof before, "%s", sysctl_of(SIDE_CLIENT, rto_min));
    CHECK(hosts_lossy(&testbed.hosts, &testbed_profile, true, why, sizeof why) == 0);
    for (int side = 0; side < SIDE_COUNT && *before != '\0'; side++)
        CHECK(strcmp(sysctl_of((enum side)side, rto_min), "1000") == 0);
    CHECK(hosts_lossy(&testbed.hosts, &testbed_profile, false, why, sizeof why) == 0);
    for (int side = 0; side < SIDE_COUNT; side++)
        CHECK(strcmp(sysctl_of((enum side)side, rto_min), before) == 0);
}

Test(hosts, lossy_is_set_and_put_back)
{
    testbed_run(lossy);
}

static int mtu_of(enum side side)
{
    struct ifreq request = {.ifr_name = "w0"};
    int fd = testbed_socket(side, AF_INET, SOCK_DGRAM);
    CHECK(ioctl(fd, SIOCGIFMTU, &request) == 0);
    close(fd);
    return request.ifr_mtu;
}

static void mtu(void)
{
    int client = -1, server = -1;
    char bytes[HOSTS_MTU_MOST - 28] = {0};
    CHECK(hosts_mtu(&testbed.hosts, HOSTS_MTU_MOST) == 0);
    for (int side = 0; side < SIDE_COUNT; side++)
        CHECK(mtu_of((enum side)side) == HOSTS_MTU_MOST);
    testbed_pair(AF_INET, SOCK_DGRAM, &client, &server);
    CHECK(send(client, bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes);
    testbed_pump();
    CHECK(testbed_count(FATE_PASSED) == 1 && testbed_readable(server));
    CHECK(hosts_mtu(&testbed.hosts, HOSTS_MTU) == 0);
    CHECK(mtu_of(SIDE_CLIENT) == HOSTS_MTU);
}

Test(hosts, packets_of_the_largest_mtu_cross_whole)
{
    testbed_run(mtu);
}

/* The congestion control of a connection that is made now; "" of none. */
static const char *congestion(void)
{
    static char name[16];
    socklen_t size = sizeof name;
    int client = -1, server = -1;
    testbed_connected(AF_INET, &client, &server);
    CHECK(getsockopt(client, IPPROTO_TCP, TCP_CONGESTION, name, &size) == 0);
    close(client);
    close(server);
    return name;
}

static void congested(void)
{
    CHECK(strcmp(congestion(), "reno") == 0);
    CHECK(hosts_congestion(&testbed.hosts, "nothing") < 0);
    if (hosts_congestion(&testbed.hosts, "cubic") < 0)
        return; /* this kernel has none */
    CHECK(strcmp(congestion(), "cubic") == 0);
    CHECK(hosts_congestion(&testbed.hosts, NULL) == 0);
    CHECK(strcmp(congestion(), "reno") == 0);
}

Test(hosts, routes_choose_a_congestion_control_and_give_it_back)
{
    testbed_run(congested);
}

static void profile_holds(void)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        CHECK(strcmp(sysctl_of((enum side)side, "net.ipv4.tcp_congestion_control"), "reno") == 0);
        CHECK(strcmp(sysctl_of((enum side)side, "net.ipv4.tcp_wmem"), "4096 16384 4194304") == 0);
        CHECK(strcmp(sysctl_of((enum side)side, "net.ipv6.conf.w0.accept_dad"), "0") == 0);
    }
}

Test(hosts, profile_holds_in_both)
{
    testbed_run(profile_holds);
}

static void ports(void)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    CHECK(hosts_ports(&testbed.hosts, 21000, 21003) == 0);
    for (int side = 0; side < SIDE_COUNT; side++)
        CHECK(strcmp(sysctl_of((enum side)side, "net.ipv4.ip_local_port_range"), "21000 21003") ==
              0);
    int client = testbed_socket(SIDE_CLIENT, AF_INET, SOCK_DGRAM);
    testbed_address(SIDE_SERVER, AF_INET, &address);
    CHECK(connect(client, (struct sockaddr *)&address, sizeof(struct sockaddr_in)) == 0);
    CHECK(getsockname(client, (struct sockaddr *)&address, &size) == 0);
    unsigned port = ntohs(((struct sockaddr_in *)&address)->sin_port);
    CHECK(port >= 21000 && port <= 21003);
    CHECK(hosts_ports(&testbed.hosts, 9, 8) < 0);
}

Test(hosts, ports_are_the_ephemeral_range)
{
    testbed_run(ports);
}

static void silent(void)
{
    static const struct wire_hooks none = {0};
    struct sockaddr_storage address;
    struct ring ring;
    uint8_t *frame = NULL;
    bool cut = false;
    socklen_t size = testbed_address(SIDE_SERVER, AF_INET6, &address);
    int client = testbed_socket(SIDE_CLIENT, AF_INET6, SOCK_DGRAM);
    wire_free(testbed.wire); /* to look at its tap */
    CHECK(ring_open(&ring, testbed.hosts.tap[SIDE_CLIENT]) == 0);
    CHECK(sendto(client, "x", 1, 0, (struct sockaddr *)&address, size) == 1);
    /* The datagram itself, not a solicitation; listener reports may stand before it. */
    bool found = false;
    size_t got = 0;
    while (!found && (frame = ring_front(&ring, &got, &cut)) != NULL) {
        struct packet packet;
        CHECK(!cut && packet_parse(&packet, frame, got));
        found = packet.protocol == IPPROTO_UDP;
        CHECK(found || packet.protocol == IPPROTO_ICMPV6);
        CHECK(found || frame[packet.transport] == 143);
        ring_pop(&ring);
    }
    CHECK(found);
    ring_close(&ring);
    testbed.wire = wire_new(&testbed.hosts, &none);
    CHECK(testbed.wire != NULL);
}

Test(hosts, no_neighbour_is_asked_for)
{
    testbed_run(silent);
}

static void elsewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(TESTBED_PORT)};
    address.sin_addr.s_addr = htonl(0xc0000209); /* 192.0.2.9, RFC 5737 */
    int client = testbed_socket(SIDE_CLIENT, AF_INET, SOCK_DGRAM);
    CHECK(sendto(client, "x", 1, 0, (struct sockaddr *)&address, sizeof address) == 1);
    testbed_pump();
    CHECK(testbed.logged == 1 && testbed.log[0].fate == FATE_PASSED);
}

Test(hosts, packets_to_nowhere_cross_the_wire)
{
    testbed_run(elsewhere);
}

static void backlog(void)
{
    bool empty = false;
    for (int tries = 0; tries < 1000000 && !empty; tries++)
        empty = hosts_backlog_empty();
    CHECK(empty);
}

Test(hosts, backlog_becomes_empty)
{
    testbed_run(backlog);
}

static void no_body(void)
{
}

/* One "key: value" of the fixture, whose values are plain. */
static bool fixture_entry(char *line, struct profile_entry *entry, bool optional)
{
    char *colon = strstr(line, ": ");
    if (line[0] != ' ' || colon == NULL || strchr(line, '#') != NULL)
        return false;
    *colon = '\0';
    colon[2 + strcspn(colon + 2, "\n")] = '\0';
    *entry = (struct profile_entry){strdup(line + 2), strdup(colon + 2), optional};
    return true;
}

Test(hosts, fixture_holds_on_this_kernel)
{
    static struct profile_entry entries[ENTRIES];
    struct profile profile = {.version = "1", .entries = entries};
    char line[256];
    bool optional = false;
    FILE *file = fopen(SOURCE_DIR "/fixtures/host-profile/linux.yaml", "re");
    cr_assert_not_null(file);
    while (fgets(line, sizeof line, file) != NULL && profile.count < ENTRIES) {
        optional = optional || strncmp(line, "optional:", 9) == 0;
        if (strncmp(line, "lossy:", 6) == 0)
            profile.lossy = &entries[profile.count];
        if (fixture_entry(line, &entries[profile.count], optional)) {
            profile.count += profile.lossy == NULL ? 1 : 0;
            profile.lossy_count += profile.lossy != NULL ? 1 : 0;
        }
    }
    fclose(file);
    cr_assert_gt(profile.count, 40);
    cr_assert_eq(profile.lossy_count, 1);
    testbed_with(&profile, no_body);
}

/* Runs hosts_open with one bad entry in a child: the sentence must name it. */
static void refused(const char *key, const char *value, const char *expected)
{
    struct profile_entry entry = {key, value, false};
    struct profile profile = {.version = "1", .count = 1, .entries = &entry};
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        struct hosts hosts;
        const char *what = NULL;
        char why[256] = "";
        if (hosts_isolate(0, &what) < 0)
            _exit(TESTBED_REFUSED);
        int opened = hosts_open(&hosts, &profile, why, sizeof why);
        if (strstr(why, "unshare") != NULL)
            _exit(TESTBED_REFUSED);
        CHECK(opened < 0 && strstr(why, expected) != NULL);
        CHECK(hosts.netns[SIDE_CLIENT] == -1);
        _exit(0);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == TESTBED_REFUSED)
        cr_skip_test("namespaces are refused here");
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

Test(hosts, missing_setting_is_named)
{
    refused("net.ipv4.no_such_thing", "1", "net.ipv4.no_such_thing cannot be opened");
}

Test(hosts, refused_value_is_named)
{
    refused("net.ipv4.tcp_congestion_control", "no-such", "does not take no-such");
}
