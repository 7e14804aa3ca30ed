/* SPDX-License-Identifier: MIT */
#include "case/optionshape.h"

#include "case/basicshape.h"

/* An actor or a host's word, a mapping, or an address as it is written: optioncheck.h knows which.
 */
static const struct shape address = {SHAPE_EITHER,
                                     .noun = "an address (an actor, any, \"239.1.2.3\")",
                                     .either = SHAPES(&basicshape_address, &basicshape_text)};
static const struct shape ifindex = {SHAPE_INTEGER, .noun = "an interface's number",
                                     .most = INT32_MAX};
static const struct shape number = {SHAPE_INTEGER, .noun = "a number", .least = INT32_MIN,
                                    .most = INT32_MAX};
static const struct shape wide = {SHAPE_SIZE, .noun = "a number, or a size (16KiB)",
                                  .least = INT64_MIN, .most = INT64_MAX};

static const struct shape mreq = {
    SHAPE_MAP, .noun = "{imr_multiaddr: …, imr_interface: …}", .definition = "ip-mreq",
    .members =
        MEMBERS(MUST("imr_multiaddr", address, "The group."),
                MAY("imr_interface", address, "An address of the interface; any: of none."))};
static const struct shape mreq_source = {
    SHAPE_MAP, .noun = "{imr_multiaddr: …, imr_interface: …, imr_sourceaddr: …}",
    .definition = "ip-mreq-source",
    .members = MEMBERS(MUST("imr_multiaddr", address, "The group."),
                       MAY("imr_interface", address, "An address of the interface."),
                       MUST("imr_sourceaddr", address, "Who sends to the group."))};
static const struct shape mreq6 = {
    SHAPE_MAP, .noun = "{ipv6mr_multiaddr: …, ipv6mr_interface: …}", .definition = "ipv6-mreq",
    .members = MEMBERS(MUST("ipv6mr_multiaddr", address, "The group."),
                       MAY("ipv6mr_interface", ifindex, "The interface; 0: any."))};
static const struct shape pktinfo6 = {
    SHAPE_MAP, .noun = "{ipi6_addr: …, ipi6_ifindex: …}", .definition = "in6-pktinfo",
    .members = MEMBERS(MAY("ipi6_addr", address, "The source of what is sent."),
                       MAY("ipi6_ifindex", ifindex, "The interface that it leaves by."))};
static const struct shape txtime = {
    SHAPE_MAP, .noun = "{clockid: …, flags: …}", .definition = "sock-txtime",
    .members = MEMBERS(MUST("clockid", number, "The clock, by its number (11: CLOCK_TAI)."),
                       MAY("flags", number, "Its flags."))};

const struct shape *optionshape_given(enum option_type type)
{
    static const struct shape *const shapes[OPTION_TYPES] = {[OPTION_BYTES] = &basicshape_bytes,
                                                             [OPTION_WIDE] = &wide,
                                                             [OPTION_NETWORK] = &number,
                                                             [OPTION_ADDRESS] = &address,
                                                             [OPTION_MREQ] = &mreq,
                                                             [OPTION_MREQ_SOURCE] = &mreq_source,
                                                             [OPTION_MREQ6] = &mreq6,
                                                             [OPTION_PKTINFO6] = &pktinfo6,
                                                             [OPTION_TXTIME] = &txtime};
    return shapes[type];
}

static const struct shape match_text = {SHAPE_MATCH, .noun = "a text", .of = &basicshape_text,
                                        .matchers = MATCH_BYTES};
static const struct shape bytes_seen = {
    SHAPE_MAP, .noun = "{hex: …}",
    .members = MEMBERS(MUST("hex", basicshape_hex, "The bytes as pairs of hex digits."))};
static const struct shape pktinfo6_seen = {
    SHAPE_MAP, .noun = "{ipi6_addr: …, ipi6_ifindex: …}",
    .members = MEMBERS(MAY("ipi6_addr", match_text, "The source, as it is written."),
                       MAY("ipi6_ifindex", basicshape_match_integer, "The interface."))};
static const struct shape mtuinfo6_seen = {
    SHAPE_MAP, .noun = "{ip6m_mtu: …}",
    .members = MEMBERS(MAY("ip6m_mtu", basicshape_match_integer, "The path's MTU."))};
static const struct shape txtime_seen = {
    SHAPE_MAP, .noun = "{clockid: …, flags: …}",
    .members = MEMBERS(MAY("clockid", basicshape_match_integer, "The clock."),
                       MAY("flags", basicshape_match_integer, "Its flags."))};

const struct shape *optionshape_seen(enum option_type type)
{
    static const struct shape *const shapes[OPTION_TYPES] = {
        [OPTION_BYTES] = &bytes_seen,
        [OPTION_WIDE] = &basicshape_match_number,
        [OPTION_NETWORK] = &basicshape_match_integer,
        [OPTION_ADDRESS] = &basicshape_match_address,
        [OPTION_PKTINFO6] = &pktinfo6_seen,
        [OPTION_MTUINFO6] = &mtuinfo6_seen,
        [OPTION_TXTIME] = &txtime_seen};
    return shapes[type];
}
