/* SPDX-License-Identifier: MIT */
#include "case/format.h"

#include "case/basicshape.h"
#include "case/faultshape.h"
#include "case/optionshape.h"
#include "case/packetshape.h"

#include <string.h>

/* --- parameters ---------------------------------------------------------------------------- */

static const struct shape self_word = {SHAPE_WORD, .noun = "self", .words = WORDS("self")};
static const struct shape accepted_word = {SHAPE_WORD, .noun = "accepted",
                                           .words = WORDS("accepted")};
static const struct shape size_or_accepted = {SHAPE_EITHER,
                                              .noun = "a size (64, 16KiB), or accepted",
                                              .either = SHAPES(&basicshape_size, &accepted_word)};
static const struct shape bytes_list = {SHAPE_LIST, .noun = "a list of bytes", .least = 1,
                                        .of = &basicshape_bytes};
static const struct shape size_list = {SHAPE_LIST, .noun = "a list of sizes", .least = 1,
                                       .of = &basicshape_size};
static const struct shape content = {SHAPE_EITHER, .noun = "bytes, or a packet",
                                     .either = SHAPES(&basicshape_bytes, &packetshape_made),
                                     .definition = "content"};
static const struct shape join = {
    SHAPE_MAP, .noun = "an argument", .one = true,
    .members = MEMBERS(MUST("join",
                            ((const struct shape){SHAPE_LIST, .noun = "a list of texts", .least = 1,
                                                  .of = &basicshape_text}),
                            "The texts, one behind the other, as one argument."))};
static const struct shape argument = {SHAPE_EITHER, .noun = "an argument (a text, or {join: […]})",
                                      .either = SHAPES(&basicshape_text, &join)};
static const struct shape argv = {SHAPE_LIST, .noun = "a program and its arguments", .least = 1,
                                  .of = &argument};

static const struct shape listening = {SHAPE_WORD, .noun = "listening",
                                       .words = WORDS("listening")};
static const struct shape prints = {
    SHAPE_MAP, .noun = "what it prints",
    .members = MEMBERS(MUST("prints", basicshape_text, "It is ready when it has printed this."))};
static const struct shape ready = {SHAPE_EITHER, .noun = "listening, or {prints: TEXT}",
                                   .either = SHAPES(&listening, &prints)};

/* What a call takes as a C int, or as an unsigned one. */
static const struct shape int_number = {SHAPE_INTEGER, .noun = "a number (an int)",
                                        .least = INT32_MIN, .most = INT32_MAX};
static const struct shape word_number = {SHAPE_INTEGER, .noun = "a number of 32 bits",
                                         .least = INT32_MIN, .most = UINT32_MAX};
static const struct shape stream_number = {SHAPE_INTEGER, .noun = "a stream (0 to 65535)",
                                           .most = 65535};

#define NAMED(id, Group, what)                                                                     \
    static const struct shape id##_name = {SHAPE_CONSTANT, .noun = what, .group = Group,           \
                                           .definition = #id};                                     \
    static const struct shape id = {SHAPE_EITHER, .noun = what,                                    \
                                    .either = SHAPES(&id##_name, &int_number)};
#define FLAGS(id, Group, what)                                                                     \
    static const struct shape id = {SHAPE_FLAGS, .noun = what, .group = Group, .definition = #id};

NAMED(protocol, GROUP_PROTOCOL, "a protocol (IPPROTO_TCP)")
NAMED(domain, GROUP_FAMILY, "an address family (AF_INET)")
NAMED(shut, GROUP_SHUT, "SHUT_RD, SHUT_WR or SHUT_RDWR")
NAMED(signal_number, GROUP_SIGNAL, "a signal (SIGUSR1)")
FLAGS(socket_type, GROUP_SOCKET_TYPE, "a socket type and flags (SOCK_STREAM)")
FLAGS(msg_flags, GROUP_MSG, "flags ([MSG_PEEK])")
FLAGS(poll_events, GROUP_POLL, "events ([POLLIN])")
FLAGS(epoll_events, GROUP_EPOLL, "events ([EPOLLIN])")
FLAGS(open_flags, GROUP_OPEN, "flags ([O_NONBLOCK])")
FLAGS(fd_flags, GROUP_FD, "flags ([FD_CLOEXEC])")
FLAGS(sigaction_flags, GROUP_SIGACTION, "flags ([SA_RESTART])")
FLAGS(splice_flags, GROUP_SPLICE, "flags ([SPLICE_F_NONBLOCK])")
FLAGS(signals, GROUP_SIGNAL, "signals ([SIGPIPE])")
static const struct shape socket_kind = {SHAPE_EITHER, .noun = "a socket type (SOCK_STREAM)",
                                         .either = SHAPES(&socket_type, &int_number)};
static const struct shape epoll_op = {SHAPE_CONSTANT, .noun = "an operation (EPOLL_CTL_ADD)",
                                      .group = GROUP_EPOLL_OP, .definition = "epoll-op"};
static const struct shape fcntl_command = {SHAPE_CONSTANT, .noun = "a command (F_SETFL)",
                                           .group = GROUP_FCNTL, .definition = "fcntl-command"};
static const struct shape ioctl_request = {SHAPE_CONSTANT, .noun = "a request (FIONREAD)",
                                           .group = GROUP_IOCTL, .definition = "ioctl-request"};
static const struct shape option_name = {SHAPE_OPTION, .noun = "a socket option (SO_RCVBUF)",
                                         .definition = "option-name"};
static const struct shape owner = {SHAPE_EITHER, .noun = "self, or a number",
                                   .either = SHAPES(&self_word, &basicshape_integer)};
static const struct shape int_owner = {SHAPE_EITHER, .noun = "self, or a number (an int)",
                                       .either = SHAPES(&self_word, &int_number)};
static const struct shape command_argument = {
    SHAPE_EITHER, .noun = "flags, self, or an integer",
    .either = SHAPES(&open_flags, &fd_flags, &self_word, &basicshape_integer)};

static const struct shape sctp_word = {SHAPE_CONSTANT, .noun = "an SCTP constant (SCTP_COMM_UP)",
                                       .group = GROUP_SCTP, .definition = "sctp-constant"};
static const struct shape sctp_flag_list = {SHAPE_LIST, .noun = "flags ([SCTP_UNORDERED])",
                                            .of = &sctp_word};
static const struct shape sctp_flags = {SHAPE_EITHER, .noun = "flags ([SCTP_UNORDERED])",
                                        .either = SHAPES(&sctp_word, &sctp_flag_list)};

/* --- options ------------------------------------------------------------------------------- */

static const struct shape option_word = {SHAPE_CONSTANT, .noun = "a value (IP_PMTUDISC_DO)",
                                         .group = GROUP_OPTION_VALUE,
                                         .definition = "option-constant"};
static const struct shape option_number = {SHAPE_SIZE, .noun = "a number, or a size (16KiB)",
                                           .least = INT32_MIN, .most = UINT32_MAX,
                                           .definition = "option-number"};
static const struct shape option_int = {SHAPE_EITHER, .noun = "a number, or a size (16KiB)",
                                        .either = SHAPES(&option_number, &option_word)};
static const struct shape linger = {
    SHAPE_MAP, .noun = "{l_onoff: …, l_linger: …}",
    .members =
        MEMBERS(MUST("l_onoff", basicshape_integer, "0: close returns at once."),
                MUST("l_linger", basicshape_integer, "Seconds that close waits; 0: it resets.")),
    .definition = "linger"};
static const struct shape option_any = {
    SHAPE_EITHER, .noun = "an option's value",
    .either = SHAPES(&option_int, &basicshape_time, &linger, &basicshape_any)};

static const struct shape zero = {SHAPE_INTEGER, .noun = "0"};
NAMED(family_number, GROUP_FAMILY, "an address family (AF_INET)")
NAMED(type_number, GROUP_SOCKET_TYPE, "a socket type (SOCK_STREAM)")
static const struct shape errno_word = {SHAPE_CONSTANT, .noun = "an errno (ECONNRESET), or 0",
                                        .group = GROUP_ERRNO, .definition = "errno-name"};
static const struct shape errno_value = {SHAPE_EITHER, .noun = "an errno (ECONNRESET), or 0",
                                         .either = SHAPES(&errno_word, &zero)};
static const struct shape tcp_state = {SHAPE_CONSTANT, .noun = "a state (TCP_ESTABLISHED)",
                                       .group = GROUP_TCP_STATE, .definition = "tcp-state"};

#define MATCHED(id, what, over, bits, name)                                                        \
    static const struct shape id = {SHAPE_MATCH, .noun = what, .of = &(over), .matchers = bits,    \
                                    .definition = name};
MATCHED(match_errno, "an errno", errno_value, 0, "match-errno")
MATCHED(match_state, "a state", tcp_state, 0, "match-tcp-state")
MATCHED(match_option_int, "a number", option_int, MATCH_ORDER, "match-option-int")
static const struct shape linger_seen = {
    SHAPE_MAP, .noun = "{l_onoff: …, l_linger: …}",
    .members = MEMBERS(MAY("l_onoff", basicshape_match_integer, "0: close returns at once."),
                       MAY("l_linger", basicshape_match_integer, "Seconds that close waits."))};
MATCHED(match_linger, "a linger", linger_seen, 0, NULL)
MATCHED(match_text, "a text", basicshape_text, MATCH_BYTES, NULL)
MATCHED(match_type, "a socket type", type_number, 0, NULL)
MATCHED(match_domain, "an address family", family_number, 0, NULL)
MATCHED(match_protocol, "a protocol", protocol, 0, NULL)
MATCHED(match_msg_flags, "flags", msg_flags, MATCH_SET, "match-msg-flags")
MATCHED(match_poll_events, "events", poll_events, MATCH_SET, "match-poll-events")
MATCHED(match_epoll_events, "events", epoll_events, MATCH_SET, NULL)
MATCHED(match_open_flags, "flags", open_flags, MATCH_SET, NULL)
MATCHED(match_fd_flags, "flags", fd_flags, MATCH_SET, NULL)
MATCHED(match_any, "a value", option_any, MATCH_ORDER | MATCH_BYTES | MATCH_SET, NULL)

static const struct shape tcp_info = {
    SHAPE_MAP, .noun = "members of tcp_info", .definition = "tcp-info",
    .members =
        MEMBERS(MAY("tcpi_state", match_state, "The connection's state."),
                MAY("tcpi_retransmits", basicshape_match_integer, "Time-outs in a row."),
                MAY("tcpi_unacked", basicshape_match_integer, "Segments not acknowledged."),
                MAY("tcpi_sacked", basicshape_match_integer, "Of a listener: its backlog."),
                MAY("tcpi_total_retrans", basicshape_match_integer, "Segments sent again."),
                MAY("tcpi_snd_mss", basicshape_match_integer, "The largest segment it sends."),
                MAY("tcpi_rcv_mss", basicshape_match_integer, "The largest segment it expects."),
                MAY("tcpi_options", basicshape_match_integer, "What was agreed on, as bits."))};

const struct shape *format_option(const struct option *option)
{
    const struct shape *shape = &option_int;
    switch (option->type) {
    case OPTION_TIME:
        shape = &basicshape_time;
        break;
    case OPTION_LINGER:
        shape = &linger;
        break;
    case OPTION_TEXT:
        shape = &basicshape_text;
        break;
    case OPTION_SCTP:
        shape = &basicshape_any;
        break;
    case OPTION_BYTES:
    case OPTION_WIDE:
    case OPTION_NETWORK:
    case OPTION_ADDRESS:
    case OPTION_MREQ:
    case OPTION_MREQ_SOURCE:
    case OPTION_MREQ6:
    case OPTION_PKTINFO6:
    case OPTION_TXTIME:
        shape = optionshape_given(option->type);
        break;
    case OPTION_INT:
    case OPTION_ERRNO:
    case OPTION_TYPE:
    case OPTION_FAMILY:
    case OPTION_PROTO:
    case OPTION_TCPINFO:
    case OPTION_STAMPING:
    case OPTION_MTUINFO6:
    case OPTION_UNBUILT: /* refused before */
    case OPTION_TYPES:
        break;
    }
    return shape;
}

const struct shape *format_option_value(const struct option *option)
{
    static const struct shape *const shapes[OPTION_TYPES] = {
        [OPTION_INT] = &match_option_int,     [OPTION_ERRNO] = &match_errno,
        [OPTION_TYPE] = &match_type,          [OPTION_FAMILY] = &match_domain,
        [OPTION_PROTO] = &match_protocol,     [OPTION_TIME] = &basicshape_match_time,
        [OPTION_LINGER] = &match_linger,      [OPTION_TCPINFO] = &tcp_info,
        [OPTION_TEXT] = &match_text,          [OPTION_SCTP] = &basicshape_any,
        [OPTION_STAMPING] = &match_option_int};
    const struct shape *seen = optionshape_seen(option->type);
    if (seen == NULL)
        seen = shapes[option->type];
    return seen != NULL ? seen : &match_any; /* of one that no getsockopt gives */
}

const struct shape *format_command(const char *name)
{
    static const struct {
        const char *name;
        const struct shape *shape;
    } taking[] = {{"F_SETFL", &open_flags},
                  {"F_SETFD", &fd_flags},
                  {"F_SETOWN", &owner},
                  {"F_SETSIG", &basicshape_integer},
                  {"F_DUPFD", &basicshape_integer},
                  {"F_DUPFD_CLOEXEC", &basicshape_integer},
                  {"FIONBIO", &int_number},
                  {"FIOASYNC", &int_number},
                  {"FIOSETOWN", &int_owner},
                  {"SIOCSPGRP", &int_owner}};
    const struct shape *shape = NULL;
    for (size_t i = 0; i < sizeof taking / sizeof *taking && shape == NULL; i++)
        if (strcmp(taking[i].name, name) == 0)
            shape = taking[i].shape;
    return shape;
}

const struct shape *format_fcntl_value(const char *command)
{
    const struct shape *shape = &basicshape_match_integer;
    if (strcmp(command, "F_GETFL") == 0)
        shape = &match_open_flags;
    else if (strcmp(command, "F_GETFD") == 0)
        shape = &match_fd_flags;
    return shape;
}

/* --- ancillary data ------------------------------------------------------------------------ */

static const struct shape ee_origin = {SHAPE_CONSTANT, .noun = "an origin (SO_EE_ORIGIN_ICMP)",
                                       .group = GROUP_EE_ORIGIN, .definition = "ee-origin"};
MATCHED(match_origin, "an origin", ee_origin, 0, NULL)

static const struct shape control_item = {
    SHAPE_MAP, .noun = "a control message", .definition = "control",
    .members = MEMBERS(
        MUST("type", option_name, "Which, by the name of its option."),
        MAY("value", match_option_int, "The number in it."),
        MAY("addr", basicshape_match_address, "The address in it."),
        MAY("ifindex", basicshape_match_integer, "The interface in it."),
        MAY("ee_errno", match_errno, "Of a queued error: the error."),
        MAY("ee_origin", match_origin, "Of a queued error: where it comes from."),
        MAY("ee_type", basicshape_match_integer, "Of a queued error: the ICMP type."),
        MAY("ee_code", basicshape_match_integer, "Of a queued error: the ICMP code."),
        MAY("ee_info", basicshape_match_integer, "Of a queued error: the MTU, or a number."),
        MAY("ee_data", basicshape_match_integer, "Of a queued error: another number."),
        MAY("offender", basicshape_match_address,
            "Of a queued error: who sent the ICMP message."))};
static const struct shape control = {SHAPE_LIST, .noun = "a list of control messages",
                                     .of = &control_item};
static const struct shape sent_item = {
    SHAPE_MAP, .noun = "a control message", .definition = "control-sent",
    .members = MEMBERS(MUST("type", option_name, "Which, by the name of its option."),
                       MAY("value", option_int, "The number in it."),
                       MAY("addr", basicshape_address, "The address in it."),
                       MAY("ifindex", basicshape_natural, "The interface in it."))};
static const struct shape control_sent = {SHAPE_LIST, .noun = "a list of control messages",
                                          .least = 1, .of = &sent_item};
static const struct shape info = {
    SHAPE_MAP, .noun = "members of the receive info", .definition = "info",
    .members = MEMBERS(MAY("stream", basicshape_match_integer, "The stream that it came on."),
                       MAY("ssn", basicshape_match_integer, "Its number in the stream."),
                       MAY("flags", basicshape_any, "Its flags ([SCTP_UNORDERED])."),
                       MAY("ppid", basicshape_match_integer, "Its payload protocol."),
                       MAY("tsn", basicshape_match_integer, "Its transmission sequence number."),
                       MAY("context", basicshape_match_integer, "The association's context."),
                       MAY("assoc_id", basicshape_match_integer, "The association."))};
MATCHED(match_sctp, "an SCTP constant", sctp_word, MATCH_SET, NULL)
static const struct shape notification = {
    SHAPE_MAP, .noun = "members of the notification", .definition = "notification",
    .members =
        MEMBERS(MUST("type", sctp_word, "Which notification."),
                MAY("state", match_sctp, "What happened, or the state."),
                MAY("flags", basicshape_any, "Its flags."),
                MAY("error", basicshape_match_integer, "The error."),
                MAY("stream", basicshape_match_integer, "The stream."),
                MAY("context", basicshape_match_integer, "The message's context."),
                MAY("adaptation_ind", basicshape_match_integer, "The peer's adaptation layer."),
                MAY("assoc_id", basicshape_match_integer, "The association."),
                MAY("instrms", basicshape_match_integer, "Incoming streams."),
                MAY("outstrms", basicshape_match_integer, "Outgoing streams."),
                MAY("inbound_streams", basicshape_match_integer,
                    "Of an association's change: incoming streams."),
                MAY("outbound_streams", basicshape_match_integer,
                    "Of an association's change: outgoing streams."),
                MAY("address", basicshape_match_address, "The peer's address that it is about."),
                MAY("info", basicshape_any, "What follows the notification."),
                MAY("indication", basicshape_any, "Of a partial delivery: what happened."),
                MAY("data", basicshape_match_bytes, "The data that were not sent."))};

const struct shape *format_param(const struct verb *verb, size_t number)
{
    static const struct shape *const shapes[] = {[TYPE_INTEGER] = &word_number,
                                                 [TYPE_STREAM] = &stream_number,
                                                 [TYPE_MESSAGES] = &basicshape_natural,
                                                 [TYPE_SIZE] = &basicshape_size,
                                                 [TYPE_ROOM] = &basicshape_size,
                                                 [TYPE_SIZE_OR_ACCEPTED] = &size_or_accepted,
                                                 [TYPE_TIME] = &basicshape_time,
                                                 [TYPE_BYTES] = &basicshape_bytes,
                                                 [TYPE_BYTES_LIST] = &bytes_list,
                                                 [TYPE_SIZE_LIST] = &size_list,
                                                 [TYPE_CONTENT] = &content,
                                                 [TYPE_PACKET] = &packetshape_seen,
                                                 [TYPE_SENT_PACKET] = &packetshape_sent,
                                                 [TYPE_ADDRESS] = &basicshape_address,
                                                 [TYPE_DESCRIPTOR] = &basicshape_name,
                                                 [TYPE_STARTED] = &basicshape_name,
                                                 [TYPE_OPTION_NAME] = &option_name,
                                                 [TYPE_OPTION_VALUE] = &option_any,
                                                 [TYPE_OPTION_ASKED] = &option_any,
                                                 [TYPE_CONTROL] = &control_sent,
                                                 [TYPE_SOCKET_TYPE] = &socket_kind,
                                                 [TYPE_PROTOCOL] = &protocol,
                                                 [TYPE_FAMILY] = &domain,
                                                 [TYPE_SHUT] = &shut,
                                                 [TYPE_MSG_FLAGS] = &msg_flags,
                                                 [TYPE_POLL_EVENTS] = &poll_events,
                                                 [TYPE_EPOLL_EVENTS] = &epoll_events,
                                                 [TYPE_EPOLL_OP] = &epoll_op,
                                                 [TYPE_OPEN_FLAGS] = &open_flags,
                                                 [TYPE_FCNTL] = &fcntl_command,
                                                 [TYPE_COMMAND_ARG] = &command_argument,
                                                 [TYPE_IOCTL] = &ioctl_request,
                                                 [TYPE_SIGNAL] = &signal_number,
                                                 [TYPE_SIGACTION_FLAGS] = &sigaction_flags,
                                                 [TYPE_SIGNALS] = &signals,
                                                 [TYPE_SPLICE_FLAGS] = &splice_flags,
                                                 [TYPE_ARGV] = &argv,
                                                 [TYPE_READY] = &ready,
                                                 [TYPE_TRAFFIC] = &packetshape_traffic,
                                                 [TYPE_SCTP_FLAGS] = &sctp_flags,
                                                 [TYPE_SCTP_WORD] = &sctp_word,
                                                 [TYPE_DIRECTION] = &packetshape_direction};
    return shapes[verb->params[number].type];
}

bool format_takes_map(enum param_type type)
{
    return type == TYPE_BYTES || type == TYPE_CONTENT || type == TYPE_PACKET ||
           type == TYPE_SENT_PACKET || type == TYPE_ADDRESS || type == TYPE_TRAFFIC;
}

/* --- expectations and modifiers ------------------------------------------------------------ */

static const struct shape data_list = {SHAPE_LIST, .noun = "a list of bytes",
                                       .of = &basicshape_match_bytes};
static const struct shape data = {SHAPE_EITHER, .noun = "bytes, or a list of them",
                                  .either = SHAPES(&basicshape_match_bytes, &data_list)};
static const struct shape events = {SHAPE_DICT, .noun = "descriptors, each with its events",
                                    .of = &match_epoll_events};
static const struct shape messages = {SHAPE_LIST, .noun = "a list of message numbers",
                                      .of = &basicshape_natural};
MATCHED(match_signals, "signals", signals, MATCH_SET, NULL)
static const struct shape exit_status = {SHAPE_EITHER, .noun = "an exit status, or a signal",
                                         .either =
                                             SHAPES(&signal_number_name, &basicshape_natural)};
MATCHED(match_exit, "an exit status", exit_status, MATCH_ORDER, NULL)
static const char *const fates[] = {"passed", "held", "injected", "absorbed",
#define WIRE_ACTION(id, word, fate, fated, ...) #fated,
#include "fault/wire_action.def"
                                    NULL};
static const struct shape fate = {SHAPE_WORD, .noun = "a fate (passed, dropped, …)",
                                  .words = fates};

const struct shape *format_expectation(enum expectation expectation)
{
    static const struct shape *const shapes[EXPECT_COUNT] = {
        [EXPECT_returns] = &basicshape_match_number,
        [EXPECT_errno] = &match_errno,
        [EXPECT_data] = &data,
        [EXPECT_from] = &basicshape_match_address,
        [EXPECT_packet] = &packetshape_seen,
        [EXPECT_msg_flags] = &match_msg_flags,
        [EXPECT_control] = &control,
        [EXPECT_info] = &info,
        [EXPECT_notification] = &notification,
        [EXPECT_value] = &match_any,
        [EXPECT_addr] = &basicshape_match_address,
        [EXPECT_revents] = &match_poll_events,
        [EXPECT_events] = &events,
        [EXPECT_messages] = &messages,
        [EXPECT_signals] = &match_signals,
        [EXPECT_took] = &basicshape_match_time,
        [EXPECT_exit] = &match_exit,
        [EXPECT_stdout] = &basicshape_match_bytes,
        [EXPECT_stderr] = &basicshape_match_bytes,
        [EXPECT_fate] = &fate,
        [EXPECT_count] = &basicshape_match_count};
    return shapes[expectation];
}

static const struct shape each = {SHAPE_WORD, .noun = "clients", .words = WORDS("clients")};
static const struct shape two_names = {SHAPE_LIST, .noun = "two names", .least = 2,
                                       .of = &basicshape_name};
static const struct shape as = {SHAPE_EITHER, .noun = "a name, or two of a socketpair",
                                .either = SHAPES(&basicshape_name, &two_names)};
/* What is saved: of calls, and the numbers and the bytes of a packet, which saved.h finds there. */
#define SAVED_NUMBER(most) YES
#define SAVED_COUNTED(word) YES
#define SAVED_BYTES YES
#define SAVED_HEX YES
#define SAVED_TCP_FLAGS NO
#define SAVED_CHUNK_FLAGS NO
#define SAVED_CHECKSUM(most) NO
#define SAVED_HOST NO
#define SAVED_CHUNK_KIND NO
#define SAVED_OPTIONS(set) NO
#define SAVED_PACKET NO
#define SAVED_ONE_OF(words, most) NO
#define SAVED_BLOCKS NO
#define PICKED_YES(word) word,
#define PICKED_NO(word)
#define PICKED(picks, word) PICKED_##picks(word)
#define PICK(picks, word) PICKED(picks, word)
static const char *const saved_words[] = {"returns", "errno", "value",    "count", "host",
                                          "address", "port",  "assoc_id", "vtag",  "init_tag",
#define IP(name, type, ...) PICK(SAVED_##type, "ip." #name)
#define TCP(name, type, ...) PICK(SAVED_##type, "tcp." #name)
#define UDP(name, type, ...) PICK(SAVED_##type, "udp." #name)
#define ICMP(name, type, ...) PICK(SAVED_##type, "icmp." #name)
#define SCTP(name, type, ...) PICK(SAVED_##type, "sctp." #name)
#define CHUNK(name, type, ...) PICK(SAVED_##type, "sctp." #name)
#include "packet/field.def"
#define SAVED_OF_tcp(picks, word) PICK(picks, word)
#define SAVED_OF_ip4(picks, word)
#define SAVED_OF_ip6(picks, word)
#define HEAD_VALUE(set, option, type, ...) SAVED_OF_##set(SAVED_##type, #option)
#define HEAD_PART(set, option, name, type, ...) SAVED_OF_##set(SAVED_##type, #option "." #name)
#include "packet/option.def"
                                          NULL};
static const struct shape save = {
    SHAPE_DICT,           .noun = "{FIELD: name}", .least = 1,
    .words = saved_words, .definition = "saved",   .of = &basicshape_name,
    .literal = true};
static const struct shape limits = {SHAPE_DICT,    .noun = "{RLIMIT_NOFILE: …}",
                                    .least = 1,    .of = &basicshape_size,
                                    .keyed = true, .group = GROUP_RLIMIT};
FLAGS(without, GROUP_CAPABILITY, "capabilities (CAP_NET_RAW)")

static const struct shape since_start = {SHAPE_WORD, .noun = "start", .words = WORDS("start")};
static const struct shape since_step = {SHAPE_INTEGER, .noun = "the number of a step", .least = 1,
                                        .most = INT32_MAX};
static const struct shape since = {SHAPE_EITHER, .noun = "start, or the number of a step",
                                   .either = SHAPES(&since_start, &since_step)};

const struct shape *format_modifier(enum modifier modifier)
{
    static const struct shape *const shapes[MODIFIER_COUNT] = {[MODIFIER_fd] = &basicshape_name,
                                                               [MODIFIER_as] = &as,
                                                               [MODIFIER_start] = &basicshape_name,
                                                               [MODIFIER_at] = &basicshape_name,
                                                               [MODIFIER_each] = &each,
                                                               [MODIFIER_save] = &save,
                                                               [MODIFIER_limits] = &limits,
                                                               [MODIFIER_without] = &without,
                                                               [MODIFIER_within] = &basicshape_time,
                                                               [MODIFIER_from] = &basicshape_side,
                                                               [MODIFIER_to] = &basicshape_side,
                                                               [MODIFIER_since] = &since};
    return shapes[modifier];
}
