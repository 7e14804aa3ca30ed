/* SPDX-License-Identifier: MIT */
#include "case/packetshape.h"

#include "case/basicshape.h"
#include "case/byteshape.h"
#include "case/fieldshape.h"
#include "case/packetcheck.h"
#include "packet/kind.h"

static const struct shape kind = {SHAPE_WORD, .noun = "a kind (syn synack ack data fin rst)",
                                  .words = kind_names, .definition = "packet-kind"};

/* --- packets ------------------------------------------------------------------------------- */

#define KIND                                                                                       \
    MAY("packet", kind,                                                                            \
        "A kind that the packet is of, among others: a SYN-ACK is syn, synack and ack; an ABORT "  \
        "of SCTP is rst.")
#define SEEN                                                                                       \
    KIND, MAY("ip", fieldshape_seen_ip, "Fields of the IP header."),                               \
        MAY("tcp", fieldshape_seen_tcp, "Fields of the TCP header."),                              \
        MAY("udp", fieldshape_seen_udp, "Fields of the UDP header."),                              \
        MAY("icmp", fieldshape_seen_icmp, "Fields of the ICMP message."),                          \
        MAY("sctp", fieldshape_seen_sctp, "Fields of the SCTP packet, and of one of its chunks.")
#define MADE(tcp_fields)                                                                           \
    MAY("ip", fieldshape_made_ip, "Fields of the IP header, which is part of the packet then."),   \
        MAY("tcp", tcp_fields, "Fields of the TCP header."),                                       \
        MAY("udp", fieldshape_made_udp, "Fields of the UDP header."),                              \
        MAY("icmp", fieldshape_made_icmp, "Fields of the ICMP message.")
#define SEEN_PAYLOAD(name, type, bearers, use, where, ...) MAY(#name, byteshape_seen, __VA_ARGS__),
#define MADE_PAYLOAD(name, type, bearers, use, where, ...)                                         \
    MAY(#name, basicshape_bytes, __VA_ARGS__),

static const struct shape_refusal no_sctp[] = {
    {"sctp", CODE_CANNOT_MAKE, "no packet is made with an SCTP header", "send with sctp_sendv"},
    {.key = NULL}};

static const struct shape_member made[] = {
    MADE(fieldshape_made_tcp),
#define PAYLOAD MADE_PAYLOAD
#include "packet/field.def"
    MAY("to", basicshape_address, "Where it goes to: an address."),
    {.name = NULL}};
const struct shape packetshape_made = {SHAPE_MAP,
                                       .noun = "a packet (ip, tcp, udp, icmp, payload)",
                                       .definition = "packet-made",
                                       .refused = no_sctp,
                                       .together = packetcheck_made,
                                       .members = made};

static const struct shape_member sent[] = {KIND,
                                           MADE(fieldshape_sent_tcp),
#define PAYLOAD MADE_PAYLOAD
#include "packet/field.def"
                                           {.name = NULL}};
static const struct shape sent_map = {SHAPE_MAP, .noun = "a packet", .refused = no_sctp,
                                      .together = packetcheck_made, .members = sent};
const struct shape packetshape_sent = {SHAPE_EITHER, .noun = "a packet (a kind, or its fields)",
                                       .either = SHAPES(&kind, &sent_map),
                                       .definition = "packet-sent"};

static const struct shape_member seen[] = {
    SEEN,
#define PAYLOAD SEEN_PAYLOAD
#include "packet/field.def"
    MAY("to", fieldshape_seen_host, "The host that it goes to."),
    {.name = NULL}};
static const struct shape seen_map = {SHAPE_MAP, .noun = "a packet", .together = packetcheck_seen,
                                      .members = seen};
const struct shape packetshape_seen = {SHAPE_EITHER, .noun = "a packet (a kind, or its fields)",
                                       .either = SHAPES(&kind, &seen_map),
                                       .definition = "packet-seen"};

const struct shape packetshape_direction = {SHAPE_WORD, .noun = "client, server or both",
                                            .words = WORDS("client", "server", "both"),
                                            .definition = "direction"};
const struct shape packetshape_traffic = {SHAPE_EITHER, .noun = "client, server, both, or a packet",
                                          .either = SHAPES(&packetshape_direction, &seen_map),
                                          .definition = "traffic"};

static const struct shape_member never[] = {SEEN,
#define PAYLOAD SEEN_PAYLOAD
#include "packet/field.def"
                                            MAY("from", basicshape_side, "The side that sends it."),
                                            {.name = NULL}};
static const struct shape never_map = {SHAPE_MAP, .noun = "a packet, and the side it is from",
                                       .together = packetcheck_seen, .members = never};
const struct shape packetshape_never = {SHAPE_EITHER, .noun = "a packet (a kind, or its fields)",
                                        .either = SHAPES(&kind, &never_map)};

/* --- triggers ------------------------------------------------------------------------------ */

static const struct shape ordinal = {SHAPE_INTEGER, .noun = "an integer from 1 on", .least = 1,
                                     .most = INT64_MAX};
static const struct shape ratio = {SHAPE_RATIO, .noun = "a probability (above 0, at most 1)",
                                   .definition = "ratio"};
static const struct shape truth = {SHAPE_WORD, .noun = "true or false",
                                   .words = WORDS("true", "false")};
static const char *const triggers[] = {"nth", "every", "covers_byte", "probability", "after", NULL};

#define TRIGGER(name, shape, where, ...) MAY(#name, shape, __VA_ARGS__),
static const struct shape_member wire_when[] = {SEEN,
#define PAYLOAD SEEN_PAYLOAD
#include "case/trigger.def"
#include "packet/field.def"
                                                {.name = NULL}};
#undef TRIGGER

#define AT_CALL_BOTH(...) MAY(__VA_ARGS__),
#define AT_CALL_WIRE(...)
#define TRIGGER(name, shape, where, ...) AT_CALL_##where(#name, shape, __VA_ARGS__)
static const struct shape descriptor = {SHAPE_INTEGER, .most = 65535,
                                        .noun = "a descriptor (an integer from 0 to 65535)"};
static const struct shape_member program_when[] = {
#include "case/trigger.def"
    MAY("to", basicshape_text, "Only calls to this peer: ADDRESS, ADDRESS:PORT or :PORT."),
    MAY("fd", descriptor, "Only calls on this descriptor."),
    MAY("process", basicshape_text, "Only calls of this process: 0, or 0.2, its second child."),
    MAY("thread", basicshape_text, "Only calls of this thread, as the log of faults names it."),
    {.name = NULL}};
static const struct shape_member call_when[] = {
#include "case/trigger.def"
    {.name = NULL}};

const struct shape packetshape_wire_when = {SHAPE_MAP,
                                            .noun = "a packet and a trigger",
                                            .definition = "wire-trigger",
                                            .exclusive = triggers,
                                            .together = packetcheck_seen,
                                            .members = wire_when};
const struct shape packetshape_program_when = {
    SHAPE_MAP, .noun = "a trigger (nth, every, after, …), and of whom (to, fd, process, thread)",
    .definition = "program-trigger", .exclusive = triggers, .members = program_when};
const struct shape packetshape_call_when = {SHAPE_MAP, .noun = "a trigger (nth, every, after, …)",
                                            .definition = "call-trigger", .exclusive = triggers,
                                            .members = call_when};
