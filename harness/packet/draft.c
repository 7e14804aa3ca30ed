#include "packet/draft.h"

#include <errno.h>
#include <string.h>

#define IP4_HEADER 20
#define IP6_HEADER 40
#define DEFAULT_TTL 64
#define DEFAULT_WINDOW 65535
#define EXPERIMENT 253 /* RFC 3692: what a packet with no known layer carries */
#define TCP_ACK 16

enum field {
    FIELD_IP_TTL,
    FIELD_IP_TOS,
    FIELD_IP_ID,
    FIELD_IP_LEN,
    FIELD_IP_PROTO,
    FIELD_IP_FRAG,
    FIELD_IP_FLOW,
    FIELD_IP_CHECKSUM,
    FIELD_TCP_SPORT,
    FIELD_TCP_DPORT,
    FIELD_TCP_SEQ,
    FIELD_TCP_ACK,
    FIELD_TCP_FLAGS,
    FIELD_TCP_WINDOW,
    FIELD_TCP_URG,
    FIELD_TCP_CHECKSUM,
    FIELD_UDP_SPORT,
    FIELD_UDP_DPORT,
    FIELD_UDP_LEN,
    FIELD_UDP_CHECKSUM,
    FIELD_ICMP_TYPE,
    FIELD_ICMP_CODE,
    FIELD_ICMP_ID,
    FIELD_ICMP_SEQ,
    FIELD_ICMP_CHECKSUM,
    FIELD_COUNT,
    /* from here on bits of given that say "damage the checksum" */
    DAMAGE_IP,
    DAMAGE_TRANSPORT
};

static const char *const ip_names[] = {"ttl",  "tos",  "id",       "len", "proto",
                                       "frag", "flow", "checksum", NULL};
static const char *const tcp_names[] = {"sport",  "dport", "seq",      "ack", "flags",
                                        "window", "urg",   "checksum", NULL};
static const char *const udp_names[] = {"sport", "dport", "len", "checksum", NULL};
static const char *const icmp_names[] = {"type", "code", "id", "seq", "checksum", NULL};

/* The layers; their fields are numbered in the order of their names. */
static const struct layer {
    const char *name;
    const char *const *fields;
    enum field first, checksum;
} layers[] = {{"ip", ip_names, FIELD_IP_TTL, FIELD_IP_CHECKSUM},
              {"tcp", tcp_names, FIELD_TCP_SPORT, FIELD_TCP_CHECKSUM},
              {"udp", udp_names, FIELD_UDP_SPORT, FIELD_UDP_CHECKSUM},
              {"icmp", icmp_names, FIELD_ICMP_TYPE, FIELD_ICMP_CHECKSUM}};

static const struct layer *find_layer(const char *name)
{
    const struct layer *found = NULL;
    for (size_t i = 0; i < sizeof layers / sizeof *layers && found == NULL; i++)
        found = strcmp(layers[i].name, name) == 0 ? &layers[i] : NULL;
    return found;
}

const char *const *draft_fields(const char *layer)
{
    const struct layer *found = find_layer(layer);
    return found != NULL ? found->fields : NULL;
}

void draft_begin(struct draft *draft, int family)
{
    memset(draft, 0, sizeof *draft);
    draft->family = family;
}

static void take_layer(struct draft *draft, const struct layer *layer)
{
    if (strcmp(layer->name, "ip") == 0)
        draft->ip = true;
    else if (strcmp(layer->name, "tcp") == 0)
        draft->layer = IPPROTO_TCP;
    else if (strcmp(layer->name, "udp") == 0)
        draft->layer = IPPROTO_UDP;
    else
        draft->layer = draft->family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
}

/* IPv6 has no identification, fragment word or checksum in its header, IPv4 no flow label. */
static bool family_has(int family, enum field field)
{
    bool only4 = field == FIELD_IP_ID || field == FIELD_IP_FRAG || field == FIELD_IP_CHECKSUM;
    return family == AF_INET6 ? !only4 : field != FIELD_IP_FLOW;
}

static void give(struct draft *draft, int field, int64_t value)
{
    draft->given |= UINT64_C(1) << field;
    draft->field[field] = value;
}

static bool is_given(const struct draft *draft, int field)
{
    return (draft->given >> field & 1) != 0;
}

bool draft_set(struct draft *draft, const char *layer, const char *field, int64_t value)
{
    const struct layer *found = find_layer(layer);
    if (found == NULL)
        return false;
    int number = 0;
    while (found->fields[number] != NULL && strcmp(found->fields[number], field) != 0)
        number++;
    enum field which = (enum field)((int)found->first + number);
    if (found->fields[number] == NULL || !family_has(draft->family, which))
        return false;
    take_layer(draft, found);
    give(draft, (int)which, value);
    return true;
}

bool draft_checksum(struct draft *draft, const char *layer, enum draft_checksum how, int64_t value)
{
    const struct layer *found = find_layer(layer);
    if (found == NULL || !family_has(draft->family, found->checksum))
        return false;
    take_layer(draft, found);
    int damage = found->checksum == FIELD_IP_CHECKSUM ? DAMAGE_IP : DAMAGE_TRANSPORT;
    draft->given &= ~(UINT64_C(1) << found->checksum | UINT64_C(1) << damage);
    if (how == CHECKSUM_LITERAL)
        give(draft, (int)found->checksum, value);
    else if (how == CHECKSUM_BAD)
        give(draft, damage, 1);
    return true;
}

static int64_t value_of(const struct draft *draft, int field, int64_t otherwise)
{
    return is_given(draft, field) ? draft->field[field] : otherwise;
}

static void put16(uint8_t *at, int64_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, int64_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* The checksum that goes into a header: given, or computed, or computed and damaged. */
static int64_t finish(const struct draft *draft, int field, int damage, uint16_t sum)
{
    uint16_t right = (uint16_t)~sum;
    if (field == FIELD_UDP_CHECKSUM && right == 0)
        right = 0xffff;
    if (is_given(draft, damage))
        right ^= right == 0xfffe || right == 1 ? 2 : 1; /* 0xffff equals 0, and 0 is UDP's "none" */
    return value_of(draft, field, right);
}

static void build_ip4(const struct draft *draft, uint8_t *at, size_t size, uint8_t protocol)
{
    at[0] = 0x45;
    at[1] = (uint8_t)value_of(draft, FIELD_IP_TOS, 0);
    put16(at + 2, value_of(draft, FIELD_IP_LEN, (int64_t)size));
    put16(at + 4, value_of(draft, FIELD_IP_ID, 0));
    put16(at + 6, value_of(draft, FIELD_IP_FRAG, 0));
    at[8] = (uint8_t)value_of(draft, FIELD_IP_TTL, DEFAULT_TTL);
    at[9] = (uint8_t)value_of(draft, FIELD_IP_PROTO, protocol);
    memcpy(at + 12, draft->source.s6_addr + 12, 4);
    memcpy(at + 16, draft->destination.s6_addr + 12, 4);
    put16(at + 10, finish(draft, FIELD_IP_CHECKSUM, DAMAGE_IP, packet_checksum(0, at, IP4_HEADER)));
}

static void build_ip6(const struct draft *draft, uint8_t *at, size_t size, uint8_t protocol)
{
    int64_t flow = value_of(draft, FIELD_IP_FLOW, 0) & 0xfffff;
    put32(at, INT64_C(6) << 28 | (value_of(draft, FIELD_IP_TOS, 0) & 0xff) << 20 | flow);
    /* len counts the header, as in IPv4 and in descriptions; the field does not. */
    put16(at + 4, value_of(draft, FIELD_IP_LEN, (int64_t)size) - IP6_HEADER);
    at[6] = (uint8_t)value_of(draft, FIELD_IP_PROTO, protocol);
    at[7] = (uint8_t)value_of(draft, FIELD_IP_TTL, DEFAULT_TTL);
    memcpy(at + 8, &draft->source, 16);
    memcpy(at + 24, &draft->destination, 16);
}

static void build_tcp(const struct draft *draft, uint8_t *at)
{
    int64_t flags = is_given(draft, FIELD_TCP_ACK) ? TCP_ACK : 0;
    put16(at, value_of(draft, FIELD_TCP_SPORT, 0));
    put16(at + 2, value_of(draft, FIELD_TCP_DPORT, 0));
    put32(at + 4, value_of(draft, FIELD_TCP_SEQ, 0));
    put32(at + 8, value_of(draft, FIELD_TCP_ACK, 0));
    at[12] = 5 << 4;
    at[13] = (uint8_t)value_of(draft, FIELD_TCP_FLAGS, flags);
    put16(at + 14, value_of(draft, FIELD_TCP_WINDOW, DEFAULT_WINDOW));
    put16(at + 18, value_of(draft, FIELD_TCP_URG, 0));
}

static void build_udp(const struct draft *draft, uint8_t *at, size_t size)
{
    put16(at, value_of(draft, FIELD_UDP_SPORT, 0));
    put16(at + 2, value_of(draft, FIELD_UDP_DPORT, 0));
    put16(at + 4, value_of(draft, FIELD_UDP_LEN, (int64_t)size));
}

static void build_icmp(const struct draft *draft, uint8_t *at)
{
    at[0] = (uint8_t)value_of(draft, FIELD_ICMP_TYPE, 0);
    at[1] = (uint8_t)value_of(draft, FIELD_ICMP_CODE, 0);
    put16(at + 4, value_of(draft, FIELD_ICMP_ID, 0));
    put16(at + 6, value_of(draft, FIELD_ICMP_SEQ, 0));
}

static size_t layer_header(uint8_t layer)
{
    return layer == 0 ? 0 : layer == IPPROTO_TCP ? 20 : 8;
}

/* The transport header in front of the payload, which is in place already. */
static void build_transport(const struct draft *draft, uint8_t *at, size_t size)
{
    int field = FIELD_ICMP_CHECKSUM;
    size_t offset = 2;
    uint16_t pseudo =
        draft->layer == IPPROTO_ICMP
            ? 0
            : packet_pseudo(draft->family, &draft->source, &draft->destination, draft->layer, size);
    if (draft->layer == IPPROTO_TCP) {
        build_tcp(draft, at);
        field = FIELD_TCP_CHECKSUM;
        offset = 16;
    } else if (draft->layer == IPPROTO_UDP) {
        build_udp(draft, at, size);
        field = FIELD_UDP_CHECKSUM;
        offset = 6;
    } else {
        build_icmp(draft, at);
    }
    put16(at + offset, finish(draft, field, DAMAGE_TRANSPORT, packet_checksum(pseudo, at, size)));
}

ssize_t draft_build(const struct draft *draft, uint8_t *out, size_t capacity)
{
    size_t network = !draft->ip ? 0 : draft->family == AF_INET6 ? IP6_HEADER : IP4_HEADER;
    size_t header = layer_header(draft->layer);
    size_t size = network + header + draft->payload_size;
    uint8_t protocol = draft->layer != 0 ? draft->layer : EXPERIMENT;
    if (size > capacity || draft->payload_size > DRAFT_PAYLOAD_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    memset(out, 0, network + header);
    if (draft->payload_size > 0)
        memcpy(out + network + header, draft->payload, draft->payload_size);
    if (header > 0)
        build_transport(draft, out + network, size - network);
    if (draft->ip && draft->family == AF_INET6)
        build_ip6(draft, out, size, protocol);
    else if (draft->ip)
        build_ip4(draft, out, size, protocol);
    return (ssize_t)size;
}
