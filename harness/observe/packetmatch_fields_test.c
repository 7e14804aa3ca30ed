/* SPDX-License-Identifier: MIT */
/* Every field in every place: a packet that has the value is matched, one that differs by one is
   not. */
#include "observe/place.h"

#include "case/made.h"
#include "packet/field.h"
#include "packet/icmp.h"
#include "packet/ip.h"
#include "packet/layers.h"
#include "packet/optiontext.h"
#include "packet/payload.h"
#include "packet/sctp.h"
#include "packet/tcp.h"
#include "packet/udp.h"

TestSuite(packetmatch_fields, .init = begin, .fini = end);

/* --- specimens ----------------------------------------------------------------------------- */

/* An SCTP packet with one chunk of that type, whose numbers are all different. */
static void sctp_specimen(struct specimen *specimen, int family, uint8_t type)
{
    static const uint8_t body[] = {0,    0, 4, 0, /* from here on the chunk's body */
                                   0,    0, 0, 9, /* of an ABORT it ends the cause, "abcde" */
                                   0x20, 1, 3, 4, 0, 6, 0, 5, 'e'};
    static const uint8_t cause[] = {0, 12, 0, 9, 'a', 'b', 'c', 'd', 'e'};
    uint8_t chunks[12 + 4 + 32] = {0x13, 0x88, 0x17, 0x70, 0, 0, 0, 7};
    bool error = type == CHUNK_ABORT || type == CHUNK_ERROR;
    size_t size = error ? sizeof cause : sizeof body;
    struct draft draft;
    chunks[12] = type;
    chunks[15] = (uint8_t)(CHUNK_HEADER + size);
    memcpy(chunks + 16, error ? cause : body, size);
    draft_begin(&draft, family);
    draft_set(&draft, "ip", "proto", IPPROTO_SCTP);
    draft.payload = chunks;
    draft.payload_size = (16 + size + 3) / 4 * 4;
    build(specimen, &draft, family);
    packet_mend(specimen->frame, specimen->size);
    parse(specimen);
}

typedef void visitor(struct specimen *specimen, const char *what);

/* Calls visit with a packet of every kind. */
static void each_specimen(visitor *visit)
{
    static const int64_t types[2][7] = {{8, 13, 3, 11, 9, 12, 5}, {128, 129, 2, 1, 200, 4, 3}};
    struct specimen one;
    for (int six = 0; six < 2; six++) {
        int family = six ? AF_INET6 : AF_INET;
        tcp_specimen(&one, family);
        visit(&one, "tcp");
        datagram_specimen(&one, family, "udp", "sport", 9);
        visit(&one, "udp");
        for (int i = 0; i < 7; i++) {
            datagram_specimen(&one, family, "icmp", "type", types[six][i]);
            if (types[six][i] == 5) { /* a redirect names a host */
                memcpy(one.frame + one.packet.transport + 4, naming.client[0].s6_addr + 12, 4);
                packet_mend(one.frame, one.size);
                parse(&one);
            }
            visit(&one, "icmp");
        }
        for (int i = 0; i < CHUNK_KINDS; i++) {
            sctp_specimen(&one, family, chunk_types[i]);
            visit(&one, chunk_names[i]);
        }
    }
}

/* --- values -------------------------------------------------------------------------------- */

/* False when some of the flags have no name. */
static bool write_flags(const struct field *field, uint32_t kind, int64_t bits, char *out)
{
    const char *comma = "";
    out += sprintf(out, "[");
    for (const struct flag *one = field->flags; one->name != NULL; one++)
        if ((one->bearers & kind) != 0 && (bits & one->bit) != 0) {
            out += sprintf(out, "%s%s", comma, one->name);
            bits &= ~(int64_t)one->bit;
            comma = ", ";
        }
    sprintf(out, "]");
    return bits == 0;
}

static void write_bytes(const struct value *value, char *out)
{
    out += sprintf(out, "{hex: \"");
    for (size_t i = 0; i < value->size; i++)
        out += sprintf(out, "%02x", value->bytes[i]);
    sprintf(out, "\"}");
}

/* The value as a case writes it. False when no case can: a chunk or a flag that has no
   name. */
static bool write_value(const struct layer *layer, const struct field *field,
                        const struct header *header, const struct value *value, char *out)
{
    char digits[INET6_ADDRSTRLEN];
    const char *name = NULL;
    struct compact list = {out, ROOM * 3 - 1, 0};
    switch (field->type) {
    case FIELD_NUMBER:
    case FIELD_CHECKSUM:
        sprintf(out, "%lld", (long long)value->number);
        break;
    case FIELD_FLAGS:
        return write_flags(field, layer_kind(layer, header), value->number, out);
    case FIELD_HOST:
        sprintf(out, "%s", naming_name(&naming, header->family, &value->host, digits));
        break;
    case FIELD_CHUNK:
        name = chunk_name((uint8_t)value->number);
        sprintf(out, "%s", name != NULL ? name : "");
        return name != NULL;
    case FIELD_WORD:
        sprintf(out, "%s", field->words[value->number]);
        break;
    case FIELD_BYTES:
        write_bytes(value, out);
        break;
    case FIELD_OPTIONS:
        optiontext_write(&list, field->options, header, value);
        out[list.size] = '\0';
        break;
    case FIELD_PACKET:
    case FIELD_BLOCKS:
        return false; /* tests of their own */
    }
    return true;
}

/* The bits, from the field's last one on, that make another value of it: the next number, another
   flag, the other host. */
static unsigned other_bits(const struct layer *layer, const struct field *field,
                           const struct header *header)
{
    unsigned bits = field->type == FIELD_HOST ? 3 : 1;
    for (const struct flag *one = field->flags; one != NULL && one->name != NULL; one++)
        bits = (one->bearers & layer_kind(layer, header)) != 0 ? one->bit : bits;
    return bits;
}

/* --- places -------------------------------------------------------------------------------- */

/* "tcp: {seq: VALUE}", "payload: VALUE". */
static void write_expectation(const struct layer *layer, const struct field *field,
                              const char *value, char *out, size_t size)
{
    bool bare = layer == &payload_layer;
    snprintf(out, size, bare ? "%s: %s%s%s" : "%s: {%s: %s}", layer->name, bare ? "" : field->name,
             value, "");
}

/* --- one field of one packet --------------------------------------------------------------- */

enum { LAYERS = 7, FIELDS = 32 };
static bool covered[LAYERS][FIELDS];
static const struct layer *const all_layers[LAYERS] = {
    &ip_layer, &tcp_layer, &udp_layer, &icmp_layer, &sctp_layer, &chunk_layer, &payload_layer};

static bool header_of(const struct layer *layer, const struct packet *packet, struct header *header)
{
    struct chunk chunk;
    if (layer != &chunk_layer)
        return layers_header(layer, packet, header);
    bool has = chunk_first(&chunk, packet);
    if (has)
        *header = sctp_chunk(packet, &chunk);
    return has;
}

/* The expectation of the field's value in this packet. False when it has none, or no case can say
   it. */
static bool expectation_of(const struct layer *layer, const struct field *field,
                           const struct packet *packet, char *out, size_t size)
{
    char text[ROOM * 3];
    struct header header;
    struct value value;
    bool good = header_of(layer, packet, &header) && field_read(layer, field, &header, &value) &&
                write_value(layer, field, &header, &value, text);
    if (good)
        write_expectation(layer, field, text, out, size);
    return good;
}

/* A chunk more at the end of an SCTP packet. */
static void add_chunk(struct specimen *specimen)
{
    static const uint8_t chunk[] = {CHUNK_COOKIE_ACK, 0, 0, 4};
    size_t length = specimen->packet.ip + (specimen->packet.family == AF_INET6 ? 4 : 2);
    memcpy(specimen->frame + specimen->packet.size, chunk, sizeof chunk);
    specimen->frame[length + 1] += sizeof chunk;
}

/* A packet that differs from this one by one in the field. What no bit tells is how many chunks
   there are. */
static struct specimen changed(const struct specimen *from, const struct layer *layer,
                               const struct field *field, const struct header *header)
{
    struct specimen other = *from;
    struct span span = field->at(header);
    size_t last = (size_t)(header->bytes - from->frame) * 8 + span.bit + span.bits - 1;
    if (span.bits == 0)
        add_chunk(&other);
    for (unsigned left = span.bits > 0 ? other_bits(layer, field, header) : 0; left != 0;
         left >>= 1, last--)
        other.frame[last / 8] ^= (uint8_t)((left & 1) << (7 - last % 8));
    parse(&other);
    return other;
}

static void try_field(const struct specimen *one, const struct layer *layer,
                      const struct field *field, const struct header *header, const char *what)
{
    char text[ROOM * 4], other_text[ROOM * 4];
    cr_assert(expectation_of(layer, field, &one->packet, text, sizeof text));
    struct specimen other = changed(one, layer, field, header);
    cr_expect(matches(text, &one->packet), "%s is not matched in %s", text, what);
    cr_expect_not(matches(text, &other.packet), "%s is matched by another value", text);
    if (expectation_of(layer, field, &other.packet, other_text, sizeof other_text)) {
        cr_expect(matches(other_text, &other.packet), "%s is not matched in %s", other_text, what);
        cr_expect_not(matches(other_text, &one->packet), "%s is matched by another", other_text);
    }
}

/* A checksum is also worth something. */
static void try_worth(const struct specimen *one, const struct layer *layer,
                      const struct field *field, const struct header *header)
{
    char valid[64], bad[64];
    struct specimen other = changed(one, layer, field, header);
    write_expectation(layer, field, "valid", valid, sizeof valid);
    write_expectation(layer, field, "bad", bad, sizeof bad);
    cr_expect(matches(valid, &one->packet) && !matches(bad, &one->packet), "%s", valid);
    cr_expect(!matches(valid, &other.packet) && matches(bad, &other.packet), "%s", bad);
}

/* A field that the packet cannot have: no value of it is matched, and that is said. */
static void try_absent(const struct specimen *one, const struct layer *layer,
                       const struct field *field, const char *what)
{
    char text[128], name[64] = "", expected[64];
    struct answered answered = {0, 0};
    write_expectation(layer, field,
                      field->type == FIELD_BYTES     ? "x"
                      : field->type == FIELD_OPTIONS ? "[nop]"
                      : field->type == FIELD_WORD    ? field->words[0]
                                                     : "0",
                      text + 1, sizeof text - 2);
    text[0] = '{';
    strcat(text, "}");
    snprintf(expected, sizeof expected, "%s.%s", layer->name, field->name);
    const struct node *node = yaml(text);
    cr_expect_not(packetmatch(node, &one->packet, &naming, &answered), "%s in %s", text, what);
    cr_expect(packetmatch_unanswered(node, &answered, name, sizeof name), "%s in %s", text, what);
    cr_expect_str_eq(name, expected, "%s in %s", text, what);
}

/* What has tests of its own: packets that are quoted, options where there are none. */
static bool is_elsewhere(const struct layer *layer, const struct field *field,
                         const struct header *header)
{
    struct value value;
    return field->type == FIELD_PACKET ||
           (field->type == FIELD_OPTIONS && field_read(layer, field, header, &value) &&
            value.size == 0);
}

static void visit_fields(struct specimen *one, const char *what)
{
    for (int i = 0; i < LAYERS; i++) {
        const struct layer *layer = all_layers[i];
        struct header header;
        struct value value;
        if (!header_of(layer, &one->packet, &header))
            continue;
        for (const struct field *field = layer->fields; field->name != NULL; field++) {
            if (!field_borne(layer, field, &header)) {
                try_absent(one, layer, field, what);
            } else if (is_elsewhere(layer, field, &header)) {
                covered[i][field - layer->fields] = true;
            } else if (field_read(layer, field, &header, &value)) {
                covered[i][field - layer->fields] = true;
                try_field(one, layer, field, &header, what);
                if (field->type == FIELD_CHECKSUM)
                    try_worth(one, layer, field, &header);
            }
        }
    }
}

Test(packetmatch_fields, every_field_is_matched_by_its_value_alone_in_every_place)
{
    each_specimen(visit_fields);
    for (int i = 0; i < LAYERS; i++)
        for (const struct field *field = all_layers[i]->fields; field->name != NULL; field++)
            cr_expect(covered[i][field - all_layers[i]->fields], "no packet has %s.%s",
                      all_layers[i]->name, field->name);
}

/* --- packets that are made ----------------------------------------------------------------- */

/* A type of ICMP whose messages have the field. */
static int64_t type_with(const struct field *field, int family)
{
    int64_t type = field->bearers == (uint32_t)ALL ? 8 : 0;
    while (type < UINT8_MAX && (icmp_layer.kind(family, (uint8_t)type) & field->bearers) == 0)
        type++;
    return type;
}

/* Makes a packet with the field as text says; false when no such packet is made. */
static bool make(struct specimen *specimen, int family, const struct layer *layer,
                 const struct field *field, const char *value)
{
    char text[128];
    struct draft draft;
    snprintf(text, sizeof text, "{%s: %s}", field->name, value);
    draft_begin(&draft, family);
    if (layer == &icmp_layer) /* the one that all of the field's bearers are like */
        draft_set(&draft, "icmp", "type", type_with(field, family));
    draft.payload = (const uint8_t *)"ping";
    draft.payload_size = 4;
    bool made = made_put(&draft, layer->name, yaml(text)->first);
    if (made)
        build(specimen, &draft, family);
    specimen->packet.first_of_sender = specimen->packet.first_of_receiver = 0;
    return made;
}

static void try_made(int family, const struct layer *layer, const struct field *field,
                     const char *value, const char *other)
{
    char text[128], other_text[128];
    struct specimen specimen = {.size = 0};
    write_expectation(layer, field, value, text, sizeof text);
    write_expectation(layer, field, other, other_text, sizeof other_text);
    if (!make(&specimen, family, layer, field, value)) {
        cr_expect_eq(field->bearers & layer->kind(family, 0), 0, "%s is not made", text);
        return;
    }
    cr_expect(matches(text, &specimen.packet), "%s is made otherwise", text);
    cr_expect_not(matches(other_text, &specimen.packet), "%s is made, and %s seen", text,
                  other_text);
}

Test(packetmatch_fields, what_is_made_is_seen_so)
{
    static const struct layer *const made_layers[] = {&ip_layer, &tcp_layer, &udp_layer,
                                                      &icmp_layer};
    for (int k = 0; k < 8; k++)
        for (const struct field *field = made_layers[k / 2]->fields; field->name != NULL; field++) {
            const struct layer *layer = made_layers[k / 2];
            int family = k % 2 == 0 ? AF_INET : AF_INET6;
            if (!field->made)
                continue;
            bool length = layer == &ip_layer && strcmp(field->name, "len") == 0;
            bool small = field->type == FIELD_NUMBER && field->most < 64;
            if (small)
                try_made(family, layer, field, field->most < 6 ? "1" : "6",
                         field->most < 6 ? "0" : "5");
            else if (field->type == FIELD_NUMBER) /* a packet of 33 bytes is none of IPv6 */
                try_made(family, layer, field, length ? "44" : "33", length ? "45" : "32");
            if (field->type == FIELD_OPTIONS && !field->options->chained)
                try_made(family, layer, field, "[nop, nop, nop, eol]", "[nop, nop, eol]");
            if (field->type == FIELD_OPTIONS && field->options->chained)
                try_made(family, layer, field, "[{fragment: {id: 7}}]", "[{fragment: {id: 6}}]");
            if (field->type == FIELD_NUMBER && field->most > UINT8_MAX && !length)
                try_made(family, layer, field, "513", "512");
            if (field->type == FIELD_FLAGS) {
                try_made(family, layer, field, "[SYN, ECE]", "[SYN]");
                try_made(family, layer, field, "[SYN, AE]", "[SYN]");
            }
            if (field->type == FIELD_WORD)
                try_made(family, layer, field, field->words[2], field->words[3]);
            if (field->type == FIELD_CHECKSUM) {
                try_made(family, layer, field, "4660", "4661");
                try_made(family, layer, field, "bad", "valid");
                try_made(family, layer, field, "valid", "bad");
            }
        }
}
