#include "case/packetshape.h"

#include "case/basicshape.h"

/* The fields of each layer, once: as they are made, and as they are matched. */

static const struct shape byte = {SHAPE_INTEGER, .noun = "an integer from 0 to 255", .most = 255};
static const struct shape word = {SHAPE_INTEGER, .noun = "an integer from 0 to 65535",
                                  .most = 65535};
static const struct shape sum_word = {SHAPE_WORD, .noun = "valid or bad",
                                      .words = WORDS("valid", "bad")};
static const struct shape checksum = {SHAPE_EITHER, .noun = "valid, bad or a number",
                                      .either = SHAPES(&sum_word, &word), .definition = "checksum"};
static const struct shape tcp_flags = {SHAPE_FLAGS, .noun = "TCP flags ([SYN, ACK])",
                                       .group = GROUP_TCP_FLAG, .definition = "tcp-flags"};
static const struct shape chunk = {
    SHAPE_WORD, .noun = "a kind of chunk (DATA, INIT, SACK)",
    .words =
        WORDS("DATA", "INIT", "INIT_ACK", "SACK", "HEARTBEAT", "HEARTBEAT_ACK", "ABORT", "SHUTDOWN",
              "SHUTDOWN_ACK", "ERROR", "COOKIE_ECHO", "COOKIE_ACK", "SHUTDOWN_COMPLETE", "AUTH",
              "I_DATA", "ASCONF", "ASCONF_ACK", "RE_CONFIG", "FORWARD_TSN", "ECNE", "CWR", "PAD"),
    .definition = "sctp-chunk"};

static const struct shape chunk_flag = {SHAPE_WORD, .noun = "B, E, U, I or T",
                                        .words = WORDS("B", "E", "U", "I", "T")};
static const struct shape chunk_flags = {SHAPE_LIST, .noun = "flags of the chunk ([B, E])",
                                         .of = &chunk_flag, .definition = "sctp-chunk-flags"};
static const struct shape match_chunk_flags = {SHAPE_MATCH, .noun = "flags of the chunk",
                                               .of = &chunk_flags, .matchers = MATCH_SET};
static const struct shape match_text = {SHAPE_MATCH, .noun = "a text", .of = &basicshape_text,
                                        .matchers = MATCH_BYTES};

static const struct shape match_byte = {SHAPE_MATCH, .noun = "an integer from 0 to 255",
                                        .of = &byte, .matchers = MATCH_ORDER};
static const struct shape match_word = {SHAPE_MATCH, .noun = "an integer from 0 to 65535",
                                        .of = &word, .matchers = MATCH_ORDER};
static const struct shape match_checksum = {SHAPE_MATCH, .noun = "valid, bad or a number",
                                            .of = &checksum};
static const struct shape match_flags = {SHAPE_MATCH, .noun = "TCP flags", .of = &tcp_flags,
                                         .matchers = MATCH_SET};
static const struct shape match_chunk = {SHAPE_MATCH, .noun = "a kind of chunk", .of = &chunk};

#define IP_FIELDS(address, byte, word, checksum)                                                   \
    MEMBERS(MAY("src", address, "Who it says it is from."), MAY("dst", address, "Where it goes."), \
            MAY("proto", byte, "The protocol of what it carries: 6 is TCP, 17 UDP, 132 SCTP."),    \
            MAY("ttl", byte, "The time to live, or IPv6's hop limit."),                            \
            MAY("tos", byte, "The type of service, or IPv6's traffic class."),                     \
            MAY("id", word, "IPv4's identification."),                                             \
            MAY("len", word, "The length of the packet in bytes, its IP header included."),        \
            MAY("frag", word,                                                                      \
                "IPv4's flags and fragment offset: 0x4000 is DF, 0x2000 MF, the rest the offset "  \
                "in units of 8."),                                                                 \
            MAY("checksum", checksum, "IPv4's header checksum: valid, bad, or a number."))
#define TCP_FIELDS(word, number, flags, checksum)                                                  \
    MAY("sport", word, "The sender's port."), MAY("dport", word, "The receiver's port."),          \
        MAY("seq", number,                                                                         \
            "The sequence number, counted from the sender's initial one, which is 0."),            \
        MAY("ack", number,                                                                         \
            "The acknowledgement number, counted from the receiver's initial one."),               \
        MAY("flags", flags, "The header's flags, exactly these."),                                 \
        MAY("window", word, "The window field, not scaled."),                                      \
        MAY("urg", word, "The urgent pointer."),                                                   \
        MAY("checksum", checksum, "The checksum: valid, bad, or a number.")
#define UDP_FIELDS(word, checksum)                                                                 \
    MEMBERS(MAY("sport", word, "The sender's port."), MAY("dport", word, "The receiver's port."),  \
            MAY("len", word, "The length of header and payload."),                                 \
            MAY("checksum", checksum, "The checksum: valid, bad, or a number; 0 is none."))
#define ICMP_FIELDS(byte, word, checksum)                                                          \
    MEMBERS(MAY("type", byte, "The type of the message."),                                         \
            MAY("code", byte, "The code within its type."),                                        \
            MAY("id", word, "The identifier of an echo."),                                         \
            MAY("seq", word, "The number of an echo."),                                            \
            MAY("checksum", checksum, "The checksum: valid, bad, or a number."))
#define SCTP_FIELDS(chunk, word, number, checksum, flags, text)                                    \
    MEMBERS(MAY("chunk", chunk,                                                                    \
                "The kind of a chunk that is in the packet; the other fields are that chunk's."),  \
            MAY("sport", word, "The sender's port."), MAY("dport", word, "The receiver's port."),  \
            MAY("vtag", number, "The verification tag."), MAY("stream", word, "The stream."),      \
            MAY("ssn", word, "The number of the message in its stream."),                          \
            MAY("tsn", number,                                                                     \
                "The transmission sequence number, counted from the sender's initial one, which "  \
                "is 1."),                                                                          \
            MAY("ppid", number, "The payload protocol."),                                          \
            MAY("checksum", checksum, "The CRC32c: valid, bad, or a number."),                     \
            MAY("flags", flags,                                                                    \
                "The chunk's flags, exactly these: B, E, U and I of data, T of an ABORT."),        \
            MAY("length", number, "The chunk's length, its header included."),                     \
            MAY("size", number, "How many bytes of a message are in it."),                         \
            MAY("data", text, "The bytes of a message, or of an error's cause."),                  \
            MAY("init_tag", number, "The tag that packets to the sender have to bear."),           \
            MAY("a_rwnd", number, "The receiver's window."),                                       \
            MAY("out_streams", word, "How many streams the sender wants to send on."),             \
            MAY("in_streams", word, "How many streams the sender can take."),                      \
            MAY("cum_tsn", number, "The TSN up to which all has come, counted as tsn is."),        \
            MAY("gaps", word, "How many blocks came beyond a gap."),                               \
            MAY("duplicates", word, "How many TSNs came more than once."),                         \
            MAY("cause", word, "The code of the first cause of an ABORT or ERROR."))

static const struct shape made_ip = {
    SHAPE_MAP, .noun = "fields of the IP header", .definition = "ip",
    .members = IP_FIELDS(basicshape_address, byte, word, checksum)};
static const struct shape made_tcp = {
    SHAPE_MAP, .noun = "fields of the TCP header", .definition = "tcp",
    .members = MEMBERS(TCP_FIELDS(word, basicshape_natural, tcp_flags, checksum))};
static const struct shape made_udp = {SHAPE_MAP, .noun = "fields of the UDP header",
                                      .definition = "udp", .members = UDP_FIELDS(word, checksum)};
static const struct shape made_icmp = {SHAPE_MAP, .noun = "fields of the ICMP message",
                                       .definition = "icmp",
                                       .members = ICMP_FIELDS(byte, word, checksum)};
static const struct shape made_sctp = {
    SHAPE_MAP, .noun = "fields of the SCTP packet", .definition = "sctp",
    .members =
        SCTP_FIELDS(chunk, word, basicshape_natural, checksum, chunk_flags, basicshape_text)};

static const struct shape seen_ip = {
    SHAPE_MAP, .noun = "fields of the IP header", .definition = "match-ip",
    .members = IP_FIELDS(basicshape_match_address, match_byte, match_word, match_checksum)};
static const struct shape seen_tcp = {
    SHAPE_MAP, .noun = "fields of the TCP header", .definition = "match-tcp",
    .members =
        MEMBERS(TCP_FIELDS(match_word, basicshape_match_integer, match_flags, match_checksum),
                MAY("mss", match_word,
                    "The maximum segment size of the option, in a packet that has it."))};
static const struct shape seen_udp = {SHAPE_MAP, .noun = "fields of the UDP header",
                                      .definition = "match-udp",
                                      .members = UDP_FIELDS(match_word, match_checksum)};
static const struct shape seen_icmp = {
    SHAPE_MAP, .noun = "fields of the ICMP message", .definition = "match-icmp",
    .members = ICMP_FIELDS(match_byte, match_word, match_checksum)};
static const struct shape seen_sctp = {
    SHAPE_MAP, .noun = "fields of the SCTP packet", .definition = "match-sctp",
    .members = SCTP_FIELDS(match_chunk, match_word, basicshape_match_integer, match_checksum,
                           match_chunk_flags, match_text)};

static const struct shape kind = {SHAPE_WORD, .noun = "a kind (syn synack ack data fin rst)",
                                  .words = WORDS("syn", "synack", "ack", "data", "fin", "rst"),
                                  .definition = "packet-kind"};

/* --- packets ------------------------------------------------------------------------------- */

#define MADE                                                                                       \
    MAY("ip", made_ip, "Fields of the IP header."),                                                \
        MAY("tcp", made_tcp, "Fields of the TCP header."),                                         \
        MAY("udp", made_udp, "Fields of the UDP header."),                                         \
        MAY("icmp", made_icmp, "Fields of the ICMP message."),                                     \
        MAY("sctp", made_sctp, "Fields of the SCTP packet, and of a chunk in it."),                \
        MAY("payload", basicshape_bytes, "The bytes behind the transport's header.")
#define SEEN                                                                                       \
    MAY("packet", kind,                                                                            \
        "A kind that the packet is of, among others: a SYN-ACK is syn, synack and ack."),          \
        MAY("ip", seen_ip, "Fields of the IP header."),                                            \
        MAY("tcp", seen_tcp, "Fields of the TCP header."),                                         \
        MAY("udp", seen_udp, "Fields of the UDP header."),                                         \
        MAY("icmp", seen_icmp, "Fields of the ICMP message."),                                     \
        MAY("sctp", seen_sctp, "Fields of the SCTP packet, and of a chunk in it."),                \
        MAY("payload", basicshape_match_bytes, "The bytes behind the transport's header.")

const struct shape packetshape_made = {
    SHAPE_MAP, .noun = "a packet (ip, tcp, udp, icmp, sctp, payload)", .definition = "packet-made",
    .members = MEMBERS(MADE, MAY("to", basicshape_address, "Where it goes."))};

static const struct shape sent_map = {
    SHAPE_MAP, .noun = "a packet",
    .members = MEMBERS(
        MAY("packet", kind,
            "A kind that the packet is of, among others: a SYN-ACK is syn, synack and ack."),
        MADE)};
const struct shape packetshape_sent = {SHAPE_EITHER, .noun = "a packet (a kind, or its fields)",
                                       .either = SHAPES(&kind, &sent_map),
                                       .definition = "packet-sent"};

static const struct shape seen_map = {
    SHAPE_MAP, .noun = "a packet",
    .members = MEMBERS(SEEN, MAY("to", basicshape_match_address, "Where it goes."))};
const struct shape packetshape_seen = {SHAPE_EITHER, .noun = "a packet (a kind, or its fields)",
                                       .either = SHAPES(&kind, &seen_map),
                                       .definition = "packet-seen"};

const struct shape packetshape_direction = {SHAPE_WORD, .noun = "client, server or both",
                                            .words = WORDS("client", "server", "both"),
                                            .definition = "direction"};
const struct shape packetshape_traffic = {SHAPE_EITHER, .noun = "client, server, both, or a packet",
                                          .either = SHAPES(&packetshape_direction, &seen_map),
                                          .definition = "traffic"};

static const struct shape never_map = {
    SHAPE_MAP, .noun = "a packet, and the side it is from",
    .members = MEMBERS(SEEN, MAY("from", basicshape_side, "The side that sent it."))};
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
#include "case/trigger.def"
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

const struct shape packetshape_wire_when = {SHAPE_MAP, .noun = "a packet and a trigger",
                                            .definition = "wire-trigger", .exclusive = triggers,
                                            .members = wire_when};
const struct shape packetshape_program_when = {
    SHAPE_MAP, .noun = "a trigger (nth, every, after, …), and of whom (to, fd, process, thread)",
    .definition = "program-trigger", .exclusive = triggers, .members = program_when};
const struct shape packetshape_call_when = {SHAPE_MAP, .noun = "a trigger (nth, every, after, …)",
                                            .definition = "call-trigger", .exclusive = triggers,
                                            .members = call_when};
