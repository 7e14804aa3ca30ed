/* SPDX-License-Identifier: MIT */
#include "case/fieldshape.h"

#include "case/basicshape.h"
#include "case/byteshape.h"
#include "case/headershape.h"
#include "packet/chunk.h"
#include "packet/ip.h"
#include "packet/naming.h"

/* --- numbers ------------------------------------------------------------------------------- */

#define AN_INTEGER(largest)                                                                        \
    ((const struct shape){SHAPE_INTEGER, .noun = "an integer from 0 to " #largest,                 \
                          .most = largest, .definition = "to-" #largest})
#define A_CHECKSUM(largest)                                                                        \
    ((const struct shape){SHAPE_EITHER, .noun = "valid, bad or a number",                          \
                          .either = SHAPES(&sum_word, &AN_INTEGER(largest)),                       \
                          .definition = "checksum-to-" #largest})
static const struct shape sum_word = {SHAPE_WORD, .noun = "valid or bad",
                                      .words = WORDS("valid", "bad")};

/* --- flags and kinds ----------------------------------------------------------------------- */

static const struct shape tcp_flags = {SHAPE_FLAGS, .noun = "TCP flags ([SYN, ACK])",
                                       .group = GROUP_TCP_FLAG, .definition = "tcp-flags"};
static const struct shape match_tcp_flags = {SHAPE_MATCH, .noun = "TCP flags", .of = &tcp_flags,
                                             .matchers = MATCH_SET};
#define CHUNK_FLAG(name, ...) #name,
static const char *const chunk_flag_names[] = {
#include "packet/flag.def"
    NULL};
static const struct shape chunk_flag = {SHAPE_WORD, .noun = "B, E, U, I or T",
                                        .words = chunk_flag_names};
static const struct shape chunk_flags = {SHAPE_LIST, .noun = "flags of the chunk ([B, E])",
                                         .of = &chunk_flag, .definition = "sctp-chunk-flags"};
static const struct shape match_chunk_flags = {SHAPE_MATCH, .noun = "flags of the chunk",
                                               .of = &chunk_flags, .matchers = MATCH_SET};
static const struct shape chunk_kind = {SHAPE_WORD, .noun = "a kind of chunk (DATA, INIT, SACK)",
                                        .words = chunk_names, .definition = "sctp-chunk"};
static const struct shape match_chunk_kind = {SHAPE_MATCH, .noun = "a kind of chunk",
                                              .of = &chunk_kind};

/* --- hosts --------------------------------------------------------------------------------- */

/* Of an address a packet has the host alone, which is the same for all actors of a side. */
#define A_HOST "a host (client, server, client-second, any, loopback, blackhole)"
static const struct shape host_word = {SHAPE_WORD, .noun = A_HOST, .words = naming_names,
                                       .definition = "packet-host"};
static const struct shape match_host_word = {SHAPE_MATCH, .noun = A_HOST, .of = &host_word,
                                             .definition = "match-packet-host"};
static const struct shape seen_host_map = {SHAPE_MAP, .noun = "a host as its key",
                                           .members =
                                               MEMBERS(MUST("host", match_host_word, "The host."))};
static const struct shape seen_host = {SHAPE_EITHER, .noun = A_HOST,
                                       .either = SHAPES(&host_word, &seen_host_map)};
const struct shape fieldshape_seen_host = {SHAPE_MATCH, .noun = A_HOST, .of = &seen_host,
                                           .definition = "match-packet-address"};
static const struct shape made_host_map = {SHAPE_MAP, .noun = "a host as its key",
                                           .members =
                                               MEMBERS(MUST("host", host_word, "The host."))};
static const struct shape made_host = {SHAPE_EITHER, .noun = A_HOST,
                                       .either = SHAPES(&host_word, &made_host_map),
                                       .definition = "packet-address"};

/* --- words --------------------------------------------------------------------------------- */

static const struct shape word_ip_ecn_words = {SHAPE_WORD, .noun = "not-ect, ect1, ect0 or ce",
                                               .words = ip_ecn_words, .definition = "ecn"};
static const struct shape match_ip_ecn_words = {SHAPE_MATCH, .noun = "not-ect, ect1, ect0 or ce",
                                                .of = &word_ip_ecn_words,
                                                .definition = "match-ecn"};

/* --- layers as they are seen --------------------------------------------------------------- */

#define NUMBER(largest)                                                                            \
    ((const struct shape){SHAPE_MATCH, .noun = "an integer from 0 to " #largest,                   \
                          .of = &AN_INTEGER(largest), .matchers = MATCH_ORDER,                     \
                          .definition = "match-to-" #largest})
#define CHECKSUM(largest)                                                                          \
    ((const struct shape){SHAPE_MATCH, .noun = "valid, bad or a number",                           \
                          .of = &A_CHECKSUM(largest),                                              \
                          .definition = "match-checksum-to-" #largest})
#define COUNTED(word) NUMBER(4294967295)
#define TCP_FLAGS match_tcp_flags
#define CHUNK_FLAGS match_chunk_flags
#define CHUNK_KIND match_chunk_kind
#define HOST fieldshape_seen_host
#define BYTES byteshape_seen
#define OPTIONS(set) headershape_seen_##set
#define ONE_OF(words, most) match_##words
#define PACKET quoted_seen
static const struct shape quoted_seen, quoted_made;
#define SEEN_FIELD(name, type, bearers, use, where, ...) MAY(#name, type, __VA_ARGS__),

static const struct shape_member seen_ip[] = {
#define IP SEEN_FIELD
#include "packet/field.def"
    {.name = NULL}};
static const struct shape_member seen_tcp[] = {
#define TCP SEEN_FIELD
#include "packet/field.def"
    {.name = NULL}};
static const struct shape_member seen_udp[] = {
#define UDP SEEN_FIELD
#include "packet/field.def"
    {.name = NULL}};
static const struct shape_member seen_icmp[] = {
#define ICMP SEEN_FIELD
#include "packet/field.def"
    {.name = NULL}};
static const struct shape_member seen_sctp[] = {
#define SCTP SEEN_FIELD
#define CHUNK SEEN_FIELD
#include "packet/field.def"
    {.name = NULL}};

#define LAYER(use, layer, word, what)                                                              \
    const struct shape fieldshape_##use##_##layer = {SHAPE_MAP, .noun = "fields of the " what,     \
                                                     .definition = word #layer,                    \
                                                     .members = use##_##layer};
LAYER(seen, ip, "match-", "IP header")
LAYER(seen, tcp, "match-", "TCP header")
LAYER(seen, udp, "match-", "UDP header")
LAYER(seen, icmp, "match-", "ICMP message")
LAYER(seen, sctp, "match-", "SCTP packet")

/* --- layers as they are made --------------------------------------------------------------- */

#undef NUMBER
#undef CHECKSUM
#undef TCP_FLAGS
#undef HOST
#undef OPTIONS
#undef ONE_OF
#undef PACKET
#define NUMBER(largest) AN_INTEGER(largest)
#define CHECKSUM(largest) A_CHECKSUM(largest)
#define TCP_FLAGS tcp_flags
#define HOST made_host
#define OPTIONS(set) headershape_made_##set
#define ONE_OF(words, most) word_##words
#define PACKET quoted_made
#define MADE_FIELD(name, type, bearers, use, where, ...) IN_##use(MAY(#name, type, __VA_ARGS__))
#define IN_MADE(...) __VA_ARGS__,
#define IN_VIEW IN_MADE
#define IN_SEEN(...)

static const struct shape_member made_ip[] = {
#define IP MADE_FIELD
#include "packet/field.def"
    {.name = NULL}};
static const struct shape_member made_tcp[] = {
#define TCP MADE_FIELD
#include "packet/field.def"
    {.name = NULL}};
static const struct shape_member made_udp[] = {
#define UDP MADE_FIELD
#include "packet/field.def"
    {.name = NULL}};
static const struct shape_member made_icmp[] = {
#define ICMP MADE_FIELD
#include "packet/field.def"
    {.name = NULL}};

/* Fields that are seen and not made. */
#define ONLY_SEEN(name, type, bearers, use, ...) NOT_##use(#name)
#define NOT_MADE(name)
#define NOT_VIEW(name)
#define NOT_SEEN(name)                                                                             \
    {name, CODE_CANNOT_MAKE, "'" name "' is only seen: no packet is made with it", NULL},
static const struct shape_refusal only_seen[] = {
#define IP ONLY_SEEN
#define TCP ONLY_SEEN
#define UDP ONLY_SEEN
#define ICMP ONLY_SEEN
#include "packet/field.def"
    {.key = NULL}};

/* --- TCP as the wire sends it ---------------------------------------------------------------- */

static const struct shape absolute = {
    SHAPE_MAP, .noun = "an absolute number",
    .members = MEMBERS(MUST("absolute", AN_INTEGER(4294967295), "The number as it stands there."))};
static const struct shape counted = {SHAPE_INTEGER,
                                     .noun = "an integer from -2147483648 to 4294967295",
                                     .least = INT32_MIN, .most = UINT32_MAX};
#undef COUNTED
#define COUNTED(word)                                                                              \
    ((const struct shape){                                                                         \
        SHAPE_EITHER, .noun = "a number from the initial one on, " #word ", or {absolute: N}",     \
        .either = SHAPES(                                                                          \
            &counted, &((const struct shape){SHAPE_WORD, .noun = #word, .words = WORDS(#word)}),   \
            &absolute),                                                                            \
        .definition = "counted-" #word})

static const struct shape_member sent_tcp[] = {
#define TCP MADE_FIELD
#include "packet/field.def"
    {.name = NULL}};
const struct shape fieldshape_sent_tcp = {SHAPE_MAP, .noun = "fields of the TCP header",
                                          .definition = "sent-tcp", .refused = only_seen,
                                          .members = sent_tcp};

#undef LAYER
#define LAYER(layer, what)                                                                         \
    const struct shape fieldshape_made_##layer = {SHAPE_MAP, .noun = "fields of the " what,        \
                                                  .definition = #layer, .refused = only_seen,      \
                                                  .members = made_##layer};
LAYER(ip, "IP header")
LAYER(tcp, "TCP header")
LAYER(udp, "UDP header")
LAYER(icmp, "ICMP message")

/* --- packets that are quoted --------------------------------------------------------------- */

#define QUOTED(use, word, bytes)                                                                   \
    static const struct shape quoted_##use = {                                                     \
        SHAPE_MAP, .noun = "a packet that is quoted", .definition = word "quoted-packet",          \
        .members = MEMBERS(                                                                        \
            MAY("ip", fieldshape_##use##_ip, "Fields of its IP header."),                          \
            MAY("tcp", fieldshape_##use##_tcp, "Fields of its TCP header, if it has one."),        \
            MAY("udp", fieldshape_##use##_udp, "Fields of its UDP header, if it has one."),        \
            MAY("icmp", fieldshape_##use##_icmp, "Fields of its ICMP header, if it has one."),     \
            MAY("payload", bytes, "The bytes behind these headers, as far as they are there."))};
QUOTED(seen, "match-", byteshape_seen)
QUOTED(made, "", byteshape_made)
