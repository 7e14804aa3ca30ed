/* SPDX-License-Identifier: MIT */
#include "trial/scriptmatch.h"

#include <arpa/inet.h>
#include <string.h>

enum { FOEXP_KIND = 254, FOEXP_MAGIC = 0xf989, ECN_MASK = 3 };

static uint32_t long_at(const uint8_t *at)
{
    uint32_t number = 0;
    memcpy(&number, at, sizeof number);
    return ntohl(number);
}

static uint16_t short_at(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

/* --- options -------------------------------------------------------------------------------- */

/* The kind of an option, and the length that it has in a header. */
static uint8_t kind_of(const struct pkt_tcp_option *option, size_t *length)
{
    static const struct {
        uint8_t kind, length;
    } kinds[] = {[PKT_OPTION_MSS] = {2, 4},       [PKT_OPTION_WSCALE] = {3, 3},
                 [PKT_OPTION_SACKOK] = {4, 2},    [PKT_OPTION_NOP] = {1, 1},
                 [PKT_OPTION_EOL] = {0, 1},       [PKT_OPTION_TS] = {8, 10},
                 [PKT_OPTION_SACK] = {5, 2},      [PKT_OPTION_FO] = {34, 2},
                 [PKT_OPTION_FOEXP] = {254, 4},   [PKT_OPTION_MD5] = {19, 2},
                 [PKT_OPTION_ACCECN0] = {172, 2}, [PKT_OPTION_ACCECN1] = {174, 2}};
    *length = kinds[option->kind].length + option->length + 8 * option->blocks;
    return kinds[option->kind].kind;
}

static bool sack_fits(const struct pkt_tcp_option *expected, const uint8_t *body, uint32_t offset)
{
    bool fits = true;
    for (size_t i = 0; i < expected->blocks && fits; i++)
        fits = long_at(body + 8 * i) - offset == expected->block[i].first &&
               long_at(body + 8 * i + 4) - offset == expected->block[i].end;
    return fits;
}

/* The ticks between two stamps are those that the script says, give or take the tolerance. */
static bool stamp_fits(const struct scriptmatch *match, const struct scriptflow *flow,
                       uint32_t script, uint32_t live)
{
    if (match->tick_us == 0 || flow->stamps == 0)
        return true;
    const struct scriptflow_stamp *first = &flow->stamp[0];
    int64_t off = (int32_t)(live - first->live - (script - first->script));
    return (off < 0 ? -off : off) * match->tick_us <= match->tolerance_us + match->tick_us;
}

static bool option_fits(const struct scriptmatch *match, const struct scriptflow *flow,
                        const struct pkt_tcp_option *expected,
                        const struct scriptsegment_option *option, bool syn)
{
    size_t length = 0;
    bool fits = kind_of(expected, &length) == option->kind && length == option->length;
    if (!fits)
        return false;
    switch (expected->kind) {
    case PKT_OPTION_MSS:
        fits = short_at(option->body) == expected->number;
        break;
    case PKT_OPTION_WSCALE:
        fits = *option->body == expected->number;
        break;
    case PKT_OPTION_TS:
        fits = stamp_fits(match, flow, expected->number, long_at(option->body));
        break;
    case PKT_OPTION_SACK:
        fits = sack_fits(expected, option->body, scriptflow_remote(flow, syn));
        break;
    case PKT_OPTION_FO:
    case PKT_OPTION_MD5:
    case PKT_OPTION_ACCECN0:
    case PKT_OPTION_ACCECN1:
        fits = memcmp(option->body, expected->bytes, expected->length) == 0;
        break;
    case PKT_OPTION_FOEXP:
        fits = option->kind == FOEXP_KIND && short_at(option->body) == FOEXP_MAGIC &&
               memcmp(option->body + 2, expected->bytes, expected->length) == 0;
        break;
    case PKT_OPTION_SACKOK:
    case PKT_OPTION_NOP:
    case PKT_OPTION_EOL:
        break;
    }
    return fits;
}

static bool options_fit(const struct scriptmatch *match, const struct scriptflow *flow,
                        const struct scriptsegment *segment, bool syn)
{
    const struct pkt_tcp_option *one = match->expected->options;
    size_t at = 0;
    bool fits = !segment->malformed;
    for (; one != NULL && at < segment->options && fits; one = one->next, at++)
        fits = option_fits(match, flow, one, &segment->option[at], syn);
    return fits && one == NULL && at == segment->options;
}

static void learn_stamps(struct scriptflow *flow, const struct pkt_packet *expected,
                         const struct scriptsegment *segment)
{
    const struct pkt_tcp_option *one = expected->options;
    for (size_t i = 0; one != NULL && i < segment->options; one = one->next, i++)
        if (one->kind == PKT_OPTION_TS && segment->option[i].length == 10)
            scriptflow_stamped(flow, one->number, long_at(segment->option[i].body));
}

/* --- headers -------------------------------------------------------------------------------- */

static bool ecn_fits(enum pkt_ecn ecn, int tos)
{
    static const int codes[] = {
        [PKT_ECN_NONE] = 0, [PKT_ECN_ECT1] = 1, [PKT_ECN_ECT0] = 2, [PKT_ECN_CE] = 3};
    int found = tos & ECN_MASK;
    return ecn == PKT_ECN_ANY ||
           (ecn == PKT_ECN_ECT01 ? found == 1 || found == 2 : found == codes[ecn]);
}

static const char *ip_differs(const struct pkt_packet *expected,
                              const struct scriptsegment *segment)
{
    const char *field = NULL;
    if (!ecn_fits(expected->ecn, segment->tos))
        field = "ecn";
    else if (expected->tos >= 0 && expected->tos != segment->tos)
        field = "tos";
    else if (expected->ttl >= 0 && expected->ttl != segment->ttl)
        field = "ttl";
    return field;
}

static unsigned ace_of(unsigned flags)
{
    return ((flags & PKT_AE) != 0 ? 4U : 0) | ((flags & PKT_CWR) != 0 ? 2U : 0) |
           ((flags & PKT_ECE) != 0 ? 1U : 0);
}

/* Of several packets FIN is the last one's, all else is each one's; PSH says where the sender's own
   pieces end, which are others where segments are one. */
static bool flags_fit(const struct scriptmatch *match, unsigned flags, bool last)
{
    const struct pkt_packet *expected = match->expected;
    unsigned wanted = expected->flags;
    if (expected->ace >= 0 && ace_of(flags) != (unsigned)expected->ace)
        return false;
    if (expected->ace >= 0) {
        flags &= ~(unsigned)(PKT_AE | PKT_CWR | PKT_ECE);
        wanted &= ~(unsigned)(PKT_AE | PKT_CWR | PKT_ECE);
    }
    unsigned open = last ? 0 : PKT_FIN;
    open |= !last || match->taken > 0 ? PKT_PSH : 0;
    return (flags & ~open) == (wanted & ~open) && (last || (flags & PKT_FIN) == 0);
}

/* In what the segment is another than expected; NULL: in nothing. rest: of the payload. */
static const char *tcp_differs(const struct scriptmatch *match, const struct scriptflow *flow,
                               const struct scriptsegment *segment, uint32_t rest)
{
    const struct pkt_packet *expected = match->expected;
    bool syn = (expected->flags & PKT_SYN) != 0;
    bool last = segment->length == rest;
    uint32_t first = expected->range.first + match->taken;
    const char *field = NULL;
    if (!flags_fit(match, segment->flags, last))
        field = "flags";
    else if (segment->packet.seq - scriptflow_local(flow, syn) != first)
        field = "seq";
    else if (segment->length > rest || (!last && (match->strict || segment->length == 0)))
        field = "length";
    else if (expected->has_ack &&
             segment->packet.ack - scriptflow_remote(flow, syn) != expected->ack)
        field = "ack";
    else if (expected->has_window && segment->window != expected->window)
        field = "win";
    else if (segment->urgent != expected->urgent)
        field = "urg";
    else if (!expected->any_options && !options_fit(match, flow, segment, syn))
        field = "options";
    return field;
}

static const char *differs(const struct scriptmatch *match, const struct scriptflow *flow,
                           const struct scriptsegment *segment, uint32_t rest)
{
    static const uint8_t protocols[] = {[PKT_TCP] = IPPROTO_TCP, [PKT_UDP] = IPPROTO_UDP};
    const struct pkt_packet *expected = match->expected;
    bool icmp =
        segment->packet.protocol == IPPROTO_ICMP || segment->packet.protocol == IPPROTO_ICMPV6;
    if (expected->protocol == PKT_ICMP ? !icmp
                                       : segment->packet.protocol != protocols[expected->protocol])
        return "protocol";
    const char *field = ip_differs(expected, segment);
    if (field == NULL && expected->protocol == PKT_TCP)
        field = tcp_differs(match, flow, segment, rest);
    else if (field == NULL && expected->protocol == PKT_UDP && segment->length != expected->payload)
        field = "length";
    return field;
}

enum scriptmatch_verdict scriptmatch_take(struct scriptmatch *match, struct scriptflow *flow,
                                          const struct scriptsegment *segment, const char **field)
{
    const struct pkt_packet *expected = match->expected;
    bool tcp = expected->protocol == PKT_TCP;
    bool syn = tcp && (expected->flags & PKT_SYN) != 0 && (segment->flags & PKT_SYN) != 0;
    if (syn && (!flow->local_known || flow->local_live != segment->packet.seq))
        scriptflow_local_begins(flow, expected->range.first, segment->packet.seq);
    uint32_t rest = expected->range.length - match->taken;
    *field = differs(match, flow, segment, rest);
    if (*field != NULL)
        return SCRIPTMATCH_DIFFERS;
    if (tcp && !expected->any_options)
        learn_stamps(flow, expected, segment);
    match->taken += tcp ? segment->length : 0;
    return tcp && match->taken < expected->range.length ? SCRIPTMATCH_MORE : SCRIPTMATCH_FITS;
}
