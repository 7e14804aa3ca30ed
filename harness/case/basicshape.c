/* SPDX-License-Identifier: MIT */
#include "case/basicshape.h"

const struct shape basicshape_any = {SHAPE_ANY, .noun = "any value"};
const struct shape basicshape_text = {SHAPE_TEXT, .noun = "a text", .definition = "text"};
const struct shape basicshape_name = {SHAPE_NAME, .noun = "a name (letters, digits, '_' and '-')",
                                      .definition = "name"};
const struct shape basicshape_integer = {SHAPE_INTEGER, .noun = "an integer", .least = INT64_MIN,
                                         .most = INT64_MAX, .definition = "integer"};
const struct shape basicshape_natural = {SHAPE_INTEGER, .noun = "an integer from 0 on",
                                         .most = INT64_MAX, .definition = "natural"};
const struct shape basicshape_port = {SHAPE_INTEGER, .noun = "a port (0 to 65535)", .most = 65535,
                                      .definition = "port"};
const struct shape basicshape_size = {SHAPE_SIZE, .noun = "a size (64, 16KiB, 8MiB)",
                                      .definition = "size"};
const struct shape basicshape_time = {SHAPE_TIME, .noun = "a time with its unit (250us, 10ms, 3s)",
                                      .definition = "time"};

static const struct shape number = {SHAPE_SIZE, .noun = "a number (-1, 64, 16KiB)",
                                    .least = INT64_MIN, .most = INT64_MAX, .definition = "number"};
const struct shape basicshape_hex = {SHAPE_HEX, .noun = "pairs of hex digits (\"00 ff 7f\")",
                                     .definition = "hex"};

static const struct shape bytes_map = {
    SHAPE_MAP, .noun = "exactly one of text, hex, pattern, zeros", .one = true,
    .members = MEMBERS(MAY("text", basicshape_text, "The text's bytes, in UTF-8."),
                       MAY("hex", basicshape_hex, "The bytes as pairs of hex digits."),
                       MAY("pattern", basicshape_size,
                           "So many bytes of which no two places look alike; what is received goes "
                           "on where the last such expectation ended."),
                       MAY("zeros", basicshape_size, "So many zero bytes."))};
const struct shape basicshape_bytes = {
    SHAPE_EITHER, .noun = "bytes (\"text\", or one of text, hex, pattern, zeros in a mapping)",
    .either = SHAPES(&basicshape_text, &bytes_map), .definition = "bytes",
    .lesson = {"What goes in or comes out, to the byte.",
               "client: {send_all: {pattern: 1KiB}}\n"
               "server: {recv_all: 1KiB, data: {pattern: 1KiB}}\n"
               "server: {send: {hex: \"00 ff\"}}\n"
               "client: {recv: 64, data: {hex: \"00 ff\"}}\n"}};

/* --- addresses ----------------------------------------------------------------------------- */

static const struct shape actor = {SHAPE_ACTOR, .noun = "an actor (client, server, client2)",
                                   .definition = "actor"};
static const struct shape special_host = {
    SHAPE_WORD, .noun = "any, loopback, blackhole or a second address",
    .words = WORDS("any", "loopback", "blackhole", "client-second", "server-second")};
static const struct shape host = {
    SHAPE_EITHER, .noun = "a host (an actor, any, loopback, blackhole, client-second)",
    .either = SHAPES(&actor, &special_host), .definition = "host"};
static const struct shape family = {SHAPE_CONSTANT, .noun = "an address family (AF_INET)",
                                    .group = GROUP_FAMILY, .definition = "address-family"};
static const struct shape form = {SHAPE_WORD, .noun = "mapped", .words = WORDS("mapped")};
static const struct shape protocol = {SHAPE_CONSTANT, .noun = "a protocol (ETH_P_IP)",
                                      .group = GROUP_PROTOCOL};
static const struct shape length = {SHAPE_INTEGER, .noun = "a length (0 to 128)", .most = 128};
static const struct shape address_map = {
    SHAPE_MAP, .noun = "host, port, family, form, protocol and size",
    .members = MEMBERS(
        MUST("host", host,
             "Whose address: an actor's; any; loopback; blackhole, where nobody answers; "
             "client-second or server-second, the other address of a host."),
        MAY("port", basicshape_port, "The port; that of the actor where it is not given."),
        MAY("family", family, "The address family, where it is not the case's."),
        MAY("form", form, "An IPv4 address in IPv6's form (RFC 4291, 2.5.5.2)."),
        MAY("protocol", protocol, "Of a packet socket's address: the protocol of its link layer."),
        MAY("size", length, "The length that the call is told, where it is not the address's."))};
const struct shape basicshape_address = {
    SHAPE_EITHER, .noun = "an address (an actor, or {host: …, port: …})",
    .either = SHAPES(&actor, &address_map), .definition = "address",
    .lesson = {"An actor stands for its host and its port.",
               "transport: udp\n"
               "setup: open\n"
               "server: {bind: {host: any, port: 0}}\n"
               "server: {getsockname: sock, save: {port: own}}\n"
               "client: {connect: {host: server, port: $own}}\n"
               "client: {send: \"ping\"}\n"
               "server: {recv: 64, data: \"ping\"}\n"}};
const struct shape basicshape_side = {SHAPE_WORD, .noun = "client or server",
                                      .words = WORDS("client", "server")};

/* --- matchers ------------------------------------------------------------------------------ */

const struct shape basicshape_match_integer = {SHAPE_MATCH, .noun = "an integer",
                                               .of = &basicshape_integer, .matchers = MATCH_ORDER,
                                               .definition = "match-integer"};
const struct shape basicshape_match_number = {SHAPE_MATCH, .noun = "a number", .of = &number,
                                              .matchers = MATCH_ORDER,
                                              .definition = "match-number"};
const struct shape basicshape_match_count = {SHAPE_MATCH, .noun = "a count", .of = &basicshape_size,
                                             .matchers = MATCH_ORDER, .definition = "match-count"};
const struct shape basicshape_match_time = {SHAPE_MATCH, .noun = "a time", .of = &basicshape_time,
                                            .matchers = MATCH_ORDER, .definition = "match-time"};
const struct shape basicshape_match_bytes = {SHAPE_MATCH, .noun = "bytes", .of = &basicshape_bytes,
                                             .matchers = MATCH_BYTES, .definition = "match-bytes"};

static const struct shape match_host = {SHAPE_MATCH, .noun = "a host", .of = &host,
                                        .definition = "match-host"};
static const struct shape form_seen = {SHAPE_WORD, .noun = "mapped or plain",
                                       .words = WORDS("mapped", "plain")};
static const struct shape packet_type = {SHAPE_CONSTANT, .noun = "a kind (PACKET_OUTGOING)",
                                         .group = GROUP_PACKET_TYPE};
static const struct shape match_address_map = {
    SHAPE_MAP, .noun = "host, port, family, form, protocol and pkttype",
    .definition = "address-seen",
    .members = MEMBERS(
        MAY("host", match_host, "Whose address it is."),
        MAY("port", basicshape_match_integer, "The port."), MAY("family", family, "Its family."),
        MAY("form", form_seen, "An IPv4 address in IPv6's form, or one as it is."),
        MAY("protocol", protocol, "Of a packet socket's address: the protocol of its link layer."),
        MAY("pkttype", packet_type, "Of a packet socket's address: to whom the packet went."))};
static const struct shape address_seen = {SHAPE_EITHER,
                                          .noun = "an address (an actor, or {host: …, port: …})",
                                          .either = SHAPES(&host, &match_address_map)};
const struct shape basicshape_match_address = {SHAPE_MATCH, .noun = "an address",
                                               .of = &address_seen, .definition = "match-address"};
