#include "packet/describe.h"
#include "packet/draft.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

static struct naming naming(void)
{
    struct naming names = {0};
    inet_pton(AF_INET6, "::ffff:10.0.0.1", &names.client[0]);
    inet_pton(AF_INET6, "fd00::1", &names.client[1]);
    inet_pton(AF_INET6, "::ffff:10.0.0.2", &names.server[0]);
    inet_pton(AF_INET6, "fd00::2", &names.server[1]);
    return names;
}

/* Parses what a draft becomes; frame must outlive packet. */
static void parse(struct draft *draft, int family, uint8_t frame[FRAME_MAX], struct packet *packet)
{
    struct naming names = naming();
    draft->family = family;
    draft->ip = true;
    draft->source = names.client[family == AF_INET6];
    draft->destination = names.server[family == AF_INET6];
    memset(frame, 0, ETHER_HEADER);
    frame[12] = family == AF_INET ? 0x08 : 0x86;
    frame[13] = family == AF_INET ? 0x00 : 0xdd;
    ssize_t size = draft_build(draft, frame + ETHER_HEADER, FRAME_MAX - ETHER_HEADER);
    cr_assert_gt(size, 0);
    cr_assert(packet_parse(packet, frame, (size_t)size + ETHER_HEADER));
}

static void expect(const struct packet *packet, const char *json)
{
    struct naming names = naming();
    json_error_t error;
    json_t *expected = json_loads(json, 0, &error);
    json_t *description = packet_describe(packet, &names);
    char *text = json_dumps(description, JSON_COMPACT);
    cr_assert_not_null(expected, "%s", error.text);
    cr_assert(json_equal(expected, description), "%s", text);
    free(text);
    json_decref(expected);
    json_decref(description);
}

static void expect_line(const struct packet *packet, const char *expected)
{
    struct naming names = naming();
    char line[128];
    packet_line(packet, &names, line, sizeof line);
    cr_assert_str_eq(line, expected);
}

Test(describe, tcp_over_ipv4)
{
    struct draft draft;
    struct packet packet;
    uint8_t frame[FRAME_MAX];
    draft_begin(&draft, AF_INET);
    draft_set(&draft, "tcp", "sport", 1000);
    draft_set(&draft, "tcp", "dport", 80);
    draft_set(&draft, "tcp", "flags", 24);
    draft_set(&draft, "tcp", "seq", 1);
    draft_set(&draft, "tcp", "ack", 2);
    draft.payload = (const uint8_t *)"tail";
    draft.payload_size = 4;
    parse(&draft, AF_INET, frame, &packet);
    expect(
        &packet,
        "{\"kinds\":[\"ack\",\"data\"],\"ip\":{\"src\":\"client\",\"dst\":\"server\","
        "\"proto\":6,\"ttl\":64,\"tos\":0,\"id\":0,\"frag\":0,\"len\":44,\"checksum\":\"valid\"},"
        "\"tcp\":{\"sport\":1000,\"dport\":80,\"flags\":[\"PSH\",\"ACK\"],\"seq\":1,\"ack\":2,"
        "\"window\":65535,\"urg\":0,\"checksum\":\"valid\"},"
        "\"payload\":{\"length\":4,\"text\":\"tail\"}}");
    expect_line(&packet, "client > server tcp PSH,ACK seq 1 ack 2 4 bytes");
}

Test(describe, udp_over_ipv6)
{
    struct draft draft;
    struct packet packet;
    uint8_t frame[FRAME_MAX];
    draft_begin(&draft, AF_INET6);
    draft_set(&draft, "ip", "tos", 0xb8);
    draft_set(&draft, "ip", "flow", 0x12345);
    draft_set(&draft, "udp", "sport", 1);
    draft_checksum(&draft, "udp", CHECKSUM_BAD, 0);
    draft.payload = (const uint8_t *)"\x00\xff";
    draft.payload_size = 2;
    parse(&draft, AF_INET6, frame, &packet);
    expect(&packet,
           "{\"kinds\":[\"data\"],\"ip\":{\"src\":\"client\",\"dst\":\"server\",\"proto\":17,"
           "\"ttl\":64,\"tos\":184,\"flow\":74565,\"len\":50},\"udp\":{\"sport\":1,"
           "\"dport\":0,\"len\":10,\"checksum\":\"bad\"},"
           "\"payload\":{\"length\":2,\"hex\":\"00ff\"}}");
    expect_line(&packet, "client > server udp 2 bytes bad checksum");
}

Test(describe, absent_udp_checksum_is_the_number_0)
{
    struct draft draft;
    struct packet packet;
    uint8_t frame[FRAME_MAX];
    draft_begin(&draft, AF_INET);
    draft_set(&draft, "udp", "checksum", 0);
    parse(&draft, AF_INET, frame, &packet);
    json_t *description = packet_describe(&packet, NULL);
    json_t *udp = json_object_get(description, "udp");
    cr_assert(json_is_integer(json_object_get(udp, "checksum")));
    cr_assert_str_eq(json_string_value(json_object_get(json_object_get(description, "ip"), "src")),
                     "10.0.0.1");
    json_decref(description);
}

Test(describe, echo_has_id_and_seq)
{
    struct draft draft;
    struct packet packet;
    uint8_t frame[FRAME_MAX];
    draft_begin(&draft, AF_INET);
    draft_set(&draft, "icmp", "type", 8);
    draft_set(&draft, "icmp", "id", 4660);
    draft_set(&draft, "icmp", "seq", 7);
    parse(&draft, AF_INET, frame, &packet);
    expect_line(&packet, "client > server icmp type 8 code 0 id 4660 seq 7 0 bytes");
}

Test(describe, payload_shows_its_first_64_bytes)
{
    static uint8_t bytes[100];
    struct draft draft;
    struct packet packet;
    uint8_t frame[FRAME_MAX];
    memset(bytes, 'x', sizeof bytes);
    draft_begin(&draft, AF_INET);
    draft.payload = bytes;
    draft.payload_size = sizeof bytes;
    parse(&draft, AF_INET, frame, &packet);
    json_t *description = packet_describe(&packet, NULL);
    json_t *payload = json_object_get(description, "payload");
    cr_assert_eq(json_integer_value(json_object_get(payload, "length")), 100);
    cr_assert_eq(json_string_length(json_object_get(payload, "text")), 64);
    json_decref(description);
    expect_line(&packet, "client > server protocol 253 100 bytes");
}

/* The MSS that is seen in a SYN whose options are these eight bytes; -1 when there is none. */
static long long mss_seen(const uint8_t options[8])
{
    struct draft draft;
    struct packet packet;
    struct naming names = naming();
    uint8_t frame[FRAME_MAX];
    draft_begin(&draft, AF_INET);
    cr_assert(draft_set(&draft, "tcp", "flags", 2));
    draft.payload = options;
    draft.payload_size = 8;
    parse(&draft, AF_INET, frame, &packet);
    frame[packet.transport + 12] = 7 << 4; /* the payload's eight bytes are the header's now */
    cr_assert(packet_parse(&packet, frame, packet.payload + packet.payload_size));
    json_t *description = packet_describe(&packet, &names);
    json_t *mss = json_object_get(json_object_get(description, "tcp"), "mss");
    long long seen = mss != NULL ? json_integer_value(mss) : -1;
    json_decref(description);
    return seen;
}

Test(describe, the_mss_option_wherever_it_stands_and_whatever_stands_before_it)
{
    cr_assert_eq(mss_seen((const uint8_t[8]){2, 4, 5, 0xb4}), 1460);
    cr_assert_eq(mss_seen((const uint8_t[8]){1, 1, 1, 2, 4, 2, 0x18, 0}), 536);
    cr_assert_eq(mss_seen((const uint8_t[8]){4, 2, 2, 4, 5, 0xb4, 0, 0}), 1460);
    cr_assert_eq(mss_seen((const uint8_t[8]){0, 2, 4, 5, 0xb4}), -1, "behind the end");
    cr_assert_eq(mss_seen((const uint8_t[8]){8, 0, 2, 4, 5, 0xb4}), -1, "a length of 0 ends it");
    cr_assert_eq(mss_seen((const uint8_t[8]){1, 1, 1, 1, 1, 2, 4, 5}), -1, "cut off");
}
