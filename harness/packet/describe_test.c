/* SPDX-License-Identifier: MIT */
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

/* What is told of a segment from the client to the server with these options, which acknowledges
   what counts from 100. */
static void told_options(const uint8_t *options, size_t size, const char *json, const char *text)
{
    struct draft draft;
    struct packet packet;
    uint8_t frame[FRAME_MAX];
    char brief[128];
    struct naming names = naming();
    draft_begin(&draft, AF_INET6);
    draft_set(&draft, "tcp", "flags", 2);
    cr_assert(draft_options(&draft, "tcp", options, size));
    parse(&draft, AF_INET6, frame, &packet);
    packet.first_of_receiver = 100;
    json_t *expected = json_loads(json, 0, NULL);
    json_t *description = packet_describe(&packet, &names);
    json_t *told = json_object_get(json_object_get(description, "tcp"), "options");
    cr_expect(json_equal(expected, told), "%s", json);
    expect_line(&packet, text);
    packet_brief(&packet, &names, brief, sizeof brief);
    cr_expect_str_eq(brief, "client > server tcp SYN seq 0 0 bytes");
    json_decref(description);
    json_decref(expected);
}

Test(describe, options_are_told_as_a_case_writes_them)
{
    told_options(
        (const uint8_t[]){2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 3, 3, 7}, 20,
        "[{\"mss\":1460},\"sackok\",{\"ts\":{\"val\":7,\"ecr\":9}},\"nop\",{\"wscale\":7}]",
        "client > server tcp SYN seq 0 <mss 1460,sackok,ts val 7 ecr 9,wscale 7> 0 bytes");
    told_options((const uint8_t[]){5, 10, 0, 0, 0, 104, 0, 0, 0, 107, 34, 2}, 12,
                 "[{\"sack\":[[4,7]]},{\"fastopen\":\"\"}]",
                 "client > server tcp SYN seq 0 <sack 4-7,fastopen 0 bytes> 0 bytes");
    told_options((const uint8_t[]){2, 3, 5, 5, 40, 1, 0, 9}, 8,
                 "[{\"raw\":{\"kind\":2,\"hex\":\"05\"}},{\"raw\":{\"kind\":5,\"len\":40,"
                 "\"hex\":\"010009\"}}]",
                 "client > server tcp SYN seq 0 <raw 3 bytes,raw 5 bytes> 0 bytes");
    told_options((const uint8_t[]){1, 0, 9, 0}, 4, "[\"nop\",\"eol\",{\"raw\":{\"hex\":\"0900\"}}]",
                 "client > server tcp SYN seq 0 <raw 2 bytes> 0 bytes");
    told_options((const uint8_t[]){1, 1, 1, 8}, 4,
                 "[\"nop\",\"nop\",\"nop\",{\"raw\":{\"hex\":\"08\"}}]",
                 "client > server tcp SYN seq 0 <raw 1 bytes> 0 bytes");
}

/* --- headers as they are on the wire, every field of which differs from the others ------------ */

/* Describes a frame of that family whose IP header and all behind it are these bytes. */
static json_t *described(const uint8_t *bytes, size_t size, uint32_t first_of_sender,
                         uint32_t first_of_receiver)
{
    static uint8_t frame[FRAME_MAX];
    struct naming names = naming();
    struct packet packet;
    frame[12] = bytes[0] >> 4 == 4 ? 0x08 : 0x86;
    frame[13] = bytes[0] >> 4 == 4 ? 0x00 : 0xdd;
    memcpy(frame + ETHER_HEADER, bytes, size);
    cr_assert(packet_parse(&packet, frame, ETHER_HEADER + size));
    packet.first_of_sender = first_of_sender;
    packet.first_of_receiver = first_of_receiver;
    return packet_describe(&packet, &names);
}

static void expect_layer(json_t *description, const char *layer, const char *json)
{
    json_t *expected = json_loads(json, 0, NULL);
    char *text = json_dumps(json_object_get(description, layer), JSON_COMPACT);
    cr_assert_not_null(expected);
    cr_expect(json_equal(expected, json_object_get(description, layer)), "%s", text);
    free(text);
    json_decref(expected);
}

Test(describe, every_field_of_ip4_and_tcp_stands_where_the_specifications_say)
{
    static const uint8_t bytes[] = {0x45, 0x28, 0x00, 0x30, 0x12, 0x34, 0x40, 0x00, 0x39, 6,
                                    0x11, 0x22, 10,   0,    0,    1,    10,   0,    0,    2,
                                    0x13, 0x88, 0x00, 0x50, 0x00, 0x00, 0x00, 0x0b, 0x00, 0x00,
                                    0x00, 0x17, 0x70, 0xe2, 0x01, 0x02, 0x33, 0x44, 0x05, 0x06,
                                    1,    1,    1,    2,    4,    2,    0x18, 0};
    json_t *description = described(bytes, sizeof bytes, 10, 20);
    expect_layer(description, "ip",
                 "{\"src\":\"client\",\"dst\":\"server\",\"proto\":6,\"ttl\":57,\"tos\":40,"
                 "\"id\":4660,\"frag\":16384,\"len\":48,\"checksum\":\"bad\"}");
    expect_layer(description, "tcp",
                 "{\"sport\":5000,\"dport\":80,\"flags\":[\"SYN\",\"URG\",\"ECE\",\"CWR\"],"
                 "\"seq\":1,\"ack\":3,\"window\":258,\"urg\":1286,\"checksum\":\"bad\","
                 "\"options\":[\"nop\",\"nop\",\"nop\",{\"mss\":536},\"eol\"],"
                 "\"mss\":536}");
    json_decref(description);
}

Test(describe, every_field_of_ip6_and_udp_stands_where_the_specifications_say)
{
    static const uint8_t bytes[] = {
        0x6b, 0x81, 0x23, 0x45, 0x00, 0x09, 17,   0x3a, 0xfd, 0,    0,    0,    0,  0, 0, 0, 0, 0,
        0,    0,    0,    0,    0,    1,    0xfd, 0,    0,    0,    0,    0,    0,  0, 0, 0, 0, 0,
        0,    0,    0,    2,    0x00, 0x35, 0x13, 0x89, 0x00, 0x09, 0x55, 0x66, 'x'};
    json_t *description = described(bytes, sizeof bytes, 0, 0);
    expect_layer(description, "ip",
                 "{\"src\":\"client\",\"dst\":\"server\",\"proto\":17,\"ttl\":58,\"tos\":184,"
                 "\"flow\":74565,\"len\":49}");
    expect_layer(description, "udp",
                 "{\"sport\":53,\"dport\":5001,\"len\":9,\"checksum\":\"bad\"}");
    json_decref(description);
}

/* What an ICMP message of that type and code with these four bytes is. */
static void expect_icmp(bool six, uint8_t type, const char *json)
{
    uint8_t four[28] = {0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2};
    uint8_t bytes[48] = {0x60, 0, 0, 0, 0, 8, 58, 64};
    size_t header = six ? 40 : 20;
    if (!six)
        memcpy(bytes, four, sizeof four);
    memcpy(bytes + header, (const uint8_t[8]){type, 4, 0, 0, 0x00, 0x01, 0x05, 0x78}, 8);
    json_t *description = described(bytes, header + 8, 0, 0);
    expect_layer(description, "icmp", json);
    json_decref(description);
}

Test(describe, an_icmp_message_has_the_fields_of_its_type)
{
    static const char query[] =
        "{\"type\":%d,\"code\":4,\"id\":1,\"seq\":1400,\"checksum\":\"bad\"}";
    static const uint8_t queries[] = {8, 0, 13, 14, 15, 16, 17, 18};
    char text[128];
    for (size_t i = 0; i < sizeof queries; i++) {
        snprintf(text, sizeof text, query, queries[i]);
        expect_icmp(false, queries[i], text);
    }
    expect_icmp(true, 128, "{\"type\":128,\"code\":4,\"id\":1,\"seq\":1400,\"checksum\":\"bad\"}");
    expect_icmp(false, 3, "{\"type\":3,\"code\":4,\"mtu\":1400,\"checksum\":\"bad\"}");
    expect_icmp(true, 2, "{\"type\":2,\"code\":4,\"mtu\":66936,\"checksum\":\"bad\"}");
    expect_icmp(false, 11, "{\"type\":11,\"code\":4,\"checksum\":\"bad\"}");
    expect_icmp(true, 8, "{\"type\":8,\"code\":4,\"checksum\":\"bad\"}");
}

/* Describes an SCTP packet with this chunk, of which size bytes are there. */
static void expect_chunk(const uint8_t *chunk, size_t size, const char *json)
{
    uint8_t bytes[128] = {0x45, 0, 0,  0, 0, 0, 0,    0,    64,   132,  0, 0, 10, 0,
                          0,    1, 10, 0, 0, 2, 0x13, 0x88, 0x17, 0x70, 0, 0, 0,  7};
    memcpy(bytes + 32, chunk, size);
    bytes[3] = (uint8_t)(32 + size);
    json_t *description = described(bytes, 32 + size, 100, 200);
    json_t *sctp = json_object_get(description, "sctp");
    json_t *expected = json_loads(json, 0, NULL);
    json_t *one = json_array_get(json_object_get(sctp, "chunks"), 0);
    char *text = json_dumps(one, JSON_COMPACT);
    cr_assert_not_null(expected);
    cr_expect_eq(json_integer_value(json_object_get(sctp, "vtag")), 7);
    cr_expect(json_equal(expected, one), "%s", text);
    free(text);
    json_decref(expected);
    json_decref(description);
}

Test(describe, every_field_of_a_chunk_stands_where_the_specifications_say)
{
    static const uint8_t data[] = {0, 3, 0, 18, 0, 0, 0, 103, 0, 2, 0, 3, 0, 0, 0, 9, 'h', 'i'};
    static const uint8_t init[] = {1, 0, 0, 20, 0, 0, 0, 5, 0, 0, 16, 0, 0, 10, 0, 11, 0, 0, 0, 1};
    static const uint8_t sack[] = {3, 0, 0, 16, 0, 0, 0, 203, 0, 0, 32, 0, 0, 1, 0, 2};
    static const uint8_t shutdown[] = {7, 0, 0, 8, 0, 0, 0, 204};
    static const uint8_t forward[] = {192, 0, 0, 8, 0, 0, 0, 104};
    static const uint8_t abort[] = {6, 1, 0, 12, 0, 12, 0, 8, 'b', 'y', 'e', '!'};
    static const uint8_t error[] = {9, 4, 0, 9, 0, 1, 0, 5, 0xff};
    static const uint8_t strange[] = {77, 0, 0, 4};
    expect_chunk(data, sizeof data,
                 "{\"chunk\":\"DATA\",\"flags\":[\"B\",\"E\"],\"length\":18,\"tsn\":3,"
                 "\"stream\":2,\"ssn\":3,\"ppid\":9,\"size\":2,\"data\":\"hi\"}");
    expect_chunk(init, sizeof init,
                 "{\"chunk\":\"INIT\",\"flags\":[],\"length\":20,\"init_tag\":5,\"a_rwnd\":4096,"
                 "\"out_streams\":10,\"in_streams\":11}");
    expect_chunk(sack, sizeof sack,
                 "{\"chunk\":\"SACK\",\"flags\":[],\"length\":16,\"cum_tsn\":3,\"a_rwnd\":8192,"
                 "\"gaps\":1,\"duplicates\":2}");
    expect_chunk(shutdown, sizeof shutdown,
                 "{\"chunk\":\"SHUTDOWN\",\"flags\":[],\"length\":8,\"cum_tsn\":4}");
    expect_chunk(forward, sizeof forward,
                 "{\"chunk\":\"FORWARD_TSN\",\"flags\":[],\"length\":8,\"cum_tsn\":4}");
    expect_chunk(abort, sizeof abort,
                 "{\"chunk\":\"ABORT\",\"flags\":[\"T\"],\"length\":12,\"cause\":12,"
                 "\"data\":\"bye!\"}");
    expect_chunk(error, sizeof error,
                 "{\"chunk\":\"ERROR\",\"flags\":[\"0x4\"],\"length\":9,\"cause\":1,"
                 "\"data\":{\"hex\":\"ff\"}}");
    expect_chunk(strange, sizeof strange, "{\"chunk\":\"type 77\",\"flags\":[],\"length\":4}");
    expect_chunk(data, 10,
                 "{\"chunk\":\"DATA\",\"flags\":[\"B\",\"E\"],\"length\":18,\"tsn\":3,"
                 "\"stream\":2}");
}

/* A cause whose length lies has no bytes, and none behind the chunk are read. */
Test(describe, a_cause_that_is_longer_than_its_chunk_shows_nothing)
{
    static const uint8_t longer[] = {6, 0, 0, 8, 0, 12, 0, 200};
    static const uint8_t shorter[] = {6, 0, 0, 8, 0, 12, 0, 2};
    static const char expected[] = "{\"chunk\":\"ABORT\",\"flags\":[],\"length\":8,\"cause\":12}";
    expect_chunk(longer, sizeof longer, expected);
    expect_chunk(shorter, sizeof shorter, expected);
}
