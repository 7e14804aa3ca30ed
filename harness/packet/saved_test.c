/* SPDX-License-Identifier: MIT */
#include "packet/saved.h"

#include "packet/draft.h"
#include "packet/headoption.h"

#include <criterion/criterion.h>
#include <string.h>

static uint8_t frame[128];

static struct packet segment(void)
{
    static const uint8_t options[] = {2, 4, 5, 0xb4, 8, 10, 0, 0, 0, 7, 0, 0, 1, 0, 34, 4, 0xab, 1};
    struct draft draft;
    struct packet packet;
    draft_begin(&draft, AF_INET);
    draft.ip = true;
    draft_set(&draft, "tcp", "seq", 1005);
    cr_assert(draft_options(&draft, "tcp", options, sizeof options));
    frame[12] = 8;
    ssize_t size = draft_build(&draft, frame + ETHER_HEADER, sizeof frame - ETHER_HEADER);
    cr_assert(packet_parse(&packet, frame, (size_t)size + ETHER_HEADER));
    packet.first_of_sender = 1000;
    return packet;
}

static void expect(const char *name, json_t *expected)
{
    struct packet packet = segment();
    json_t *value = saved_value(&packet, name);
    cr_expect(saved_of_packet(name), "%s", name);
    cr_expect(expected != NULL ? json_equal(value, expected) : value == NULL, "%s", name);
    json_decref(value);
    json_decref(expected);
}

Test(saved, numbers_and_bytes_of_fields_and_options)
{
    expect("tcp.seq", json_integer(5));
    expect("ip.ttl", json_integer(64));
    expect("mss", json_integer(1460));
    expect("ts.val", json_integer(7));
    expect("ts.ecr", json_integer(256));
    expect("fastopen", json_string("ab01"));
    expect("wscale", NULL);
    expect("udp.sport", NULL);
    expect("vtag", NULL);
}

Test(saved, what_is_of_calls_is_not_of_packets)
{
    cr_expect_not(saved_of_packet("port"));
    cr_expect_not(saved_of_packet("ts"));
    cr_expect_not(saved_of_packet("mss.val"));
}
