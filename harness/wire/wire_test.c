/* SPDX-License-Identifier: MIT */
#include "base/mapped.h"
#include "packet/draft.h"
#include "wire/testbed.h"

static const int families[] = {AF_INET, AF_INET6};
static int family; /* of the body that runs */

static void both_families(void (*body)(void))
{
    for (int i = 0; i < 2; i++) {
        family = families[i];
        testbed_run(body);
    }
}

/* Sends the letters, one datagram each. */
static void send_letters(int fd, const char *letters)
{
    for (const char *at = letters; *at != '\0'; at++)
        CHECK(send(fd, at, 1, 0) == 1);
}

/* The letters that have come, in order. */
static const char *take_letters(int fd)
{
    static char letters[64];
    size_t count = 0;
    while (count < sizeof letters - 1 && recv(fd, letters + count, 1, MSG_DONTWAIT) == 1)
        count++;
    letters[count] = '\0';
    return letters;
}

/* What comes of "abcde" when the second one meets an action. */
static void with_fault(enum wire_action action, const char *expected)
{
    int client = -1;
    int server = -1;
    testbed_pair(family, SOCK_DGRAM, &client, &server);
    testbed_fault(2, SIDE_CLIENT, action);
    send_letters(client, "abcde");
    testbed_pump();
    CHECK(testbed.asked == 5);
    CHECK(strcmp(take_letters(server), expected) == 0);
}

static void handshake(void)
{
    int client = -1;
    int server = -1;
    testbed_connected(family, &client, &server);
    CHECK(testbed.logged == 3 && testbed_count(FATE_PASSED) == 3);
    CHECK(send(client, "x", 1, 0) == 1);
    CHECK(testbed_readable(server));
    CHECK(strcmp(take_letters(server), "x") == 0);
    for (int i = 0; i < testbed.logged; i++)
        CHECK(testbed.log[i].checksum_valid);
}

Test(wire, handshake_crosses)
{
    both_families(handshake);
}

static void drop(void)
{
    with_fault(WIRE_DROP, "acde");
    CHECK(testbed_count(FATE_DROPPED) == 1 && testbed_count(FATE_PASSED) == 4);
    CHECK(testbed.log[1].fate == FATE_DROPPED && strcmp(testbed.log[1].fault, "it") == 0);
    CHECK(testbed.log[2].fault[0] == '\0');
}

Test(wire, drop_loses_exactly_one)
{
    both_families(drop);
}

static void duplicate(void)
{
    with_fault(WIRE_DUPLICATE, "abbcde");
    CHECK(testbed.log[1].fate == FATE_PASSED && testbed.log[1].fault[0] == '\0');
    CHECK(testbed.log[2].fate == FATE_DUPLICATED && strcmp(testbed.log[2].fault, "it") == 0);
    CHECK(testbed.log[2].first == 'b');
}

Test(wire, duplicate_doubles)
{
    both_families(duplicate);
}

static void corrupt(void)
{
    with_fault(WIRE_CORRUPT, "acde");
    CHECK(testbed.log[1].fate == FATE_CORRUPTED && !testbed.log[1].checksum_valid);
    CHECK(testbed.log[1].first == ('b' ^ 1));
}

Test(wire, corrupt_datagram_is_discarded)
{
    both_families(corrupt);
}

static void reorder(void)
{
    with_fault(WIRE_REORDER, "acbde");
    CHECK(testbed.log[1].first == 'c' && testbed.log[1].fate == FATE_PASSED);
    CHECK(testbed.log[2].first == 'b' && testbed.log[2].fate == FATE_REORDERED);
    CHECK(strcmp(testbed.log[2].fault, "it") == 0);
}

Test(wire, reorder_lets_the_next_go_first)
{
    both_families(reorder);
}

static void reorder_last(void)
{
    int client = -1;
    int server = -1;
    testbed_pair(family, SOCK_DGRAM, &client, &server);
    testbed_fault(2, SIDE_CLIENT, WIRE_REORDER);
    send_letters(client, "ab");
    testbed_pump();
    CHECK(strcmp(take_letters(server), "a") == 0);
    CHECK(wire_flush_reordered(testbed.wire) == 1);
    CHECK(wire_flush_reordered(testbed.wire) == 0);
    CHECK(strcmp(take_letters(server), "b") == 0);
    CHECK(testbed.log[1].fate == FATE_PASSED);
}

Test(wire, reorder_never_becomes_a_loss)
{
    both_families(reorder_last);
}

static void reset(void)
{
    int client = -1;
    int server = -1;
    char byte = 0;
    testbed_connected(family, &client, &server);
    testbed_fault(1, SIDE_CLIENT, WIRE_RESET);
    CHECK(send(client, "x", 1, 0) == 1);
    testbed_pump();
    CHECK(recv(client, &byte, 1, 0) == -1 && errno == ECONNRESET);
    CHECK(recv(server, &byte, 1, 0) == -1 && errno == ECONNRESET);
    CHECK(testbed.logged == 3 && testbed.log[0].fate == FATE_RESET);
    CHECK(testbed.log[1].fate == FATE_INJECTED && testbed.log[1].from == SIDE_CLIENT);
    CHECK(testbed.log[2].fate == FATE_INJECTED && testbed.log[2].from == SIDE_SERVER);
    CHECK(testbed.log[1].rst && testbed.log[2].rst && testbed.log[2].checksum_valid);
}

Test(wire, reset_gives_both_ends_econnreset)
{
    both_families(reset);
}

static void reset_from_server(void)
{
    int client = -1;
    int server = -1;
    char byte = 0;
    testbed_connected(family, &client, &server);
    CHECK(send(client, "x", 1, 0) == 1);
    CHECK(testbed_readable(server) && recv(server, &byte, 1, 0) == 1);
    testbed_fault(1, SIDE_SERVER, WIRE_RESET);
    CHECK(send(server, "answer", 6, 0) == 6);
    testbed_pump();
    CHECK(recv(client, &byte, 1, 0) == -1 && errno == ECONNRESET);
    CHECK(recv(server, &byte, 1, 0) == -1 && errno == ECONNRESET);
}

Test(wire, reset_of_what_the_server_sends)
{
    both_families(reset_from_server);
}

static void cut_and_heal(void)
{
    int client = -1;
    int server = -1;
    testbed_pair(family, SOCK_DGRAM, &client, &server);
    wire_cut(testbed.wire, 1U << SIDE_CLIENT);
    send_letters(client, "ab");
    testbed_pump();
    CHECK(testbed_count(FATE_CUT) == 2);
    wire_heal(testbed.wire, 1U << SIDE_CLIENT);
    send_letters(client, "c");
    testbed_pump();
    CHECK(strcmp(take_letters(server), "c") == 0);
}

Test(wire, cut_loses_all_until_healed)
{
    both_families(cut_and_heal);
}

static void cut_by_fault(void)
{
    int client = -1;
    int server = -1;
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    testbed_pair(family, SOCK_DGRAM, &client, &server);
    CHECK(getsockname(client, (struct sockaddr *)&address, &size) == 0);
    testbed_fault(2, SIDE_CLIENT, WIRE_CUT);
    send_letters(client, "abc");
    testbed_pump();
    CHECK(sendto(server, "z", 1, 0, (struct sockaddr *)&address, size) == 1);
    testbed_pump();
    CHECK(strcmp(take_letters(server), "a") == 0 && *take_letters(client) == '\0');
    CHECK(testbed_count(FATE_CUT) == 3 && strcmp(testbed.log[1].fault, "it") == 0);
    wire_heal(testbed.wire, 3);
    CHECK(sendto(server, "z", 1, 0, (struct sockaddr *)&address, size) == 1);
    testbed_pump();
    CHECK(strcmp(take_letters(client), "z") == 0);
}

Test(wire, cut_by_a_fault_cuts_both_directions)
{
    both_families(cut_by_fault);
}

static bool is_c(void *context, const struct packet *packet, enum side from)
{
    (void)context;
    return from == SIDE_CLIENT && packet->frame[packet->payload] == 'c';
}

static void hold_and_release(void)
{
    int client = -1;
    int server = -1;
    testbed_pair(family, SOCK_DGRAM, &client, &server);
    testbed_fault(4, SIDE_CLIENT, WIRE_DUPLICATE);
    wire_hold(testbed.wire, 1U << SIDE_CLIENT);
    send_letters(client, "abcd");
    testbed_pump();
    CHECK(testbed_count(FATE_HELD) == 4);
    CHECK(*take_letters(server) == '\0');
    CHECK(wire_release(testbed.wire, 1U << SIDE_SERVER, true, NULL, NULL) == 0);
    CHECK(wire_release(testbed.wire, 1U << SIDE_CLIENT, false, is_c, NULL) == 1);
    CHECK(strcmp(take_letters(server), "c") == 0);
    send_letters(client, "e");
    testbed_pump();
    CHECK(testbed_count(FATE_HELD) == 5);
    CHECK(wire_release(testbed.wire, 1U << SIDE_CLIENT, true, NULL, NULL) == 4);
    CHECK(strcmp(take_letters(server), "abdde") == 0);
    CHECK(wire_release(testbed.wire, 1U << SIDE_CLIENT, true, NULL, NULL) == 0);
    send_letters(client, "f");
    testbed_pump();
    CHECK(strcmp(take_letters(server), "f") == 0);
}

Test(wire, release_keeps_the_order_and_the_decision)
{
    both_families(hold_and_release);
}

static void clear(void)
{
    int client = -1;
    int server = -1;
    testbed_pair(family, SOCK_DGRAM, &client, &server);
    wire_hold(testbed.wire, 1U << SIDE_CLIENT);
    send_letters(client, "a");
    testbed_pump();
    send_letters(client, "b");
    wire_cut(testbed.wire, 3);
    wire_clear(testbed.wire);
    testbed.logged = 0;
    testbed_pump();
    CHECK(wire_release(testbed.wire, 1U << SIDE_CLIENT, true, NULL, NULL) == 0 &&
          testbed.logged == 0);
    send_letters(client, "c");
    testbed_pump();
    CHECK(strcmp(take_letters(server), "c") == 0);
}

Test(wire, clear_forgets_everything)
{
    both_families(clear);
}

static void unreachable(void)
{
    int client = -1;
    int server = -1;
    char byte = 0;
    testbed_pair(family, SOCK_DGRAM, &client, &server);
    close(server);
    send_letters(client, "a");
    testbed_pump();
    CHECK(recv(client, &byte, 1, 0) == -1 && errno == ECONNREFUSED);
    CHECK(testbed.logged == 2 && !testbed.log[1].data && testbed.log[1].from == SIDE_SERVER);
}

Test(wire, icmp_error_belongs_to_the_flow_it_quotes)
{
    both_families(unreachable);
}

/* The wire speaks for the server, whose kernel would refuse the SYN. */
static void absent(void)
{
    struct sockaddr_storage address;
    socklen_t size = testbed_address(SIDE_SERVER, family, &address);
    int client = testbed_socket(SIDE_CLIENT, family, SOCK_STREAM);
    wire_absent(testbed.wire, SIDE_SERVER);
    CHECK(connect(client, (struct sockaddr *)&address, size) < 0 && errno == EINPROGRESS);
    testbed_pump();
    CHECK(testbed.logged == 1 && testbed.log[0].fate == FATE_ABSORBED);
    wire_clear(testbed.wire);
    close(client);
    client = testbed_socket(SIDE_CLIENT, family, SOCK_STREAM);
    CHECK(connect(client, (struct sockaddr *)&address, size) < 0 && errno == EINPROGRESS);
    testbed_pump();
    CHECK(testbed_count(FATE_PASSED) == 2 && testbed.log[2].rst);
}

Test(wire, what_is_for_an_absent_host_is_absorbed)
{
    both_families(absent);
}

/* A datagram in the name of the server, as IP knows it. */
static ssize_t datagram(uint8_t *bytes, size_t room, int client)
{
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    struct draft draft;
    CHECK(getsockname(client, (struct sockaddr *)&own, &size) == 0);
    draft_begin(&draft, family);
    draft.ip = true;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++) {
        struct in6_addr *host = side == SIDE_CLIENT ? &draft.destination : &draft.source;
        *host = family == AF_INET ? mapped_address(&testbed.hosts.address4[side])
                                  : testbed.hosts.address6[side];
    }
    draft.payload = (const uint8_t *)"x";
    draft.payload_size = 1;
    CHECK(draft_set(&draft, "udp", "sport", TESTBED_PORT));
    CHECK(draft_set(&draft, "udp", "dport", ntohs(((struct sockaddr_in *)&own)->sin_port)));
    return draft_build(&draft, bytes, room);
}

static void says(void)
{
    int client = -1, server = -1;
    uint8_t bytes[128];
    testbed_pair(family, SOCK_DGRAM, &client, &server);
    wire_absent(testbed.wire, SIDE_SERVER);
    testbed_fault(1, SIDE_SERVER, WIRE_DROP);
    ssize_t size = datagram(bytes, sizeof bytes, client);
    CHECK(size > 0 && wire_say(testbed.wire, SIDE_SERVER, bytes, (size_t)size));
    CHECK(strcmp(take_letters(client), "x") == 0);
    CHECK(testbed.asked == 0 && testbed.logged == 1 && testbed.log[0].fate == FATE_INJECTED);
    CHECK(testbed.log[0].fault[0] == '\0');
}

Test(wire, what_it_says_meets_no_fault)
{
    both_families(says);
}

static void burst(void)
{
    int client = -1;
    int server = -1;
    int room = 64 << 20;
    int came = 0;
    char datagram[1000] = {0};
    testbed_pair(family, SOCK_DGRAM, &client, &server);
    if (setsockopt(server, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0)
        return; /* the receiver's own buffer would be full first */
    wire_hold(testbed.wire, 1U << SIDE_CLIENT);
    for (int i = 0; i < 3000; i++) {
        CHECK(send(client, datagram, sizeof datagram, 0) == sizeof datagram);
        testbed_pump();
    }
    CHECK(wire_release(testbed.wire, 1U << SIDE_CLIENT, true, NULL, NULL) == 3000);
    while (recv(server, datagram, sizeof datagram, 0) > 0)
        came++;
    CHECK(came == 3000);
}

Test(wire, burst_of_released_packets_loses_none)
{
    both_families(burst);
}

/* Changes the addresses until the hosts have said so in time: a kernel that has too much to do is
   late. Returns how often that was in vain. */
static int changes_in_vain(void)
{
    int vain = 0;
    bool on = true;
    CHECK(hosts_second(&testbed.hosts, on) == 0);
    while (!wire_await_reports(testbed.wire)) {
        CHECK(++vain < 40);
        on = !on;
        CHECK(hosts_second(&testbed.hosts, on) == 0);
    }
    return vain;
}

/* They come some ticks after the addresses, and not again: but for those of the changes before. */
static void what_hosts_report(void)
{
    int late = wire_await_reports(testbed.wire) ? 0 : 1;
    int again = 0;
    late += changes_in_vain();
    while (again <= late && wire_await_reports(testbed.wire))
        again++;
    CHECK(again <= late);
}

Test(wire, new_addresses_are_reported_before_a_case_begins)
{
    testbed_run(what_hosts_report);
}
