/* SPDX-License-Identifier: MIT */
/* Every option in every place: a segment that has it is matched, one that differs by one is not;
   and what is told of any list of options makes the same list. */
#include "observe/place.h"

#include "base/hash.h"
#include "case/made.h"
#include "observe/optionmatch.h"
#include "packet/layers.h"
#include "packet/optiontext.h"
#include "packet/tcp.h"

TestSuite(optionmatch, .init = begin, .fini = end);

enum { TEXT = 1024, LISTS = 3000 };

/* Where options stand. */
struct list {
    const struct headoption_set *set;
    const char *layer, *field;
    int family;
    size_t fixed; /* bytes of the header before them */
};
static const struct list tcp = {&headoption_tcp, "tcp", "options", AF_INET, 20};
static const struct list ip4 = {&headoption_ip4, "ip", "options", AF_INET, 20};
static const struct list ip6 = {&headoption_ip6, "ip", "ext", AF_INET6, 40};

static void begin_draft(struct draft *draft, const struct list *list)
{
    draft_begin(draft, list->family);
    draft_set(draft, "tcp", "sport", 80);
    draft->first_of_receiver = FIRST_OF_RECEIVER;
}

/* A segment with these bytes for options; of extension headers it is the one of that number. */
static void segment(struct specimen *one, const struct list *list, const uint8_t *bytes,
                    size_t size, uint8_t number)
{
    const struct draft_chain chain = {number, 0};
    struct draft draft;
    begin_draft(&draft, list);
    cr_assert(list->set->chained ? draft_extensions(&draft, bytes, size, &chain)
                                 : draft_options(&draft, list->layer, bytes, size));
    build(one, &draft, list->family);
}

static struct value area_of(const struct list *list, const struct packet *packet,
                            struct header *header)
{
    const struct layer *layer = layers_find(list->layer);
    struct value area;
    cr_assert(layers_header(layer, packet, header));
    cr_assert(field_read(layer, layer_field(layer, list->field), header, &area));
    return area;
}

/* "tcp: {options: [...]}" as events tell it. */
static const char *told(const struct list *list, const struct packet *packet, char text[TEXT])
{
    struct header header;
    struct value area = area_of(list, packet, &header);
    int lead = sprintf(text, "%s: {%s: ", list->layer, list->field);
    struct compact options = {text + lead, TEXT - 32, 0};
    optiontext_write(&options, list->set, &header, &area);
    cr_assert_lt(options.size, TEXT - 32);
    strcpy(text + lead + options.size, "}");
    return text;
}

/* The list that text says, made into a segment. */
static void remake(struct specimen *one, const struct list *list, const char *text)
{
    char whole[TEXT + 2];
    struct draft draft;
    snprintf(whole, sizeof whole, "{%s}", text);
    const struct node *options = node_get(node_get(yaml(whole), list->layer), list->field);
    begin_draft(&draft, list);
    cr_assert(made_put(&draft, list->layer, options), "%s is not made", text);
    build(one, &draft, list->family);
}

static void expect_same(const struct list *list, const struct packet *one,
                        const struct packet *other, const char *text)
{
    struct header header, other_header;
    struct value area = area_of(list, one, &header), made = area_of(list, other, &other_header);
    cr_expect(area.size == made.size && memcmp(area.bytes, made.bytes, area.size) == 0,
              "%s is made otherwise", text);
}

/* --- every option -------------------------------------------------------------------------- */

/* Puts something into each field of an option. */
static void put_fields(struct headoption_draft *option)
{
    static const uint8_t bytes[] = "\x07\xd5\x00\x00\x07\xd9\x00\x00\x0f\x00\x00\x00\x10\x00\x00";
    for (const struct field *field = option->kind->fields; field->name != NULL; field++) {
        bool number = field->type == FIELD_NUMBER;
        bool good = number && headoption_put(option, field, field->most < 5 ? 1 : 5);
        for (size_t size = sizeof bytes; size > 0 && !good && !number; size--)
            good = headoption_put_bytes(option, field, bytes, size);
        cr_assert(good, "%s.%s", option->kind->name, field->name);
    }
}

static void try_change(const struct list *list, const struct specimen *one, size_t octet,
                       uint8_t bits, const char *text)
{
    char other_text[TEXT];
    struct specimen other = *one;
    other.frame[octet] ^= bits;
    parse(&other);
    cr_expect_not(matches(text, &other.packet), "%s is matched by another value", text);
    told(list, &other.packet, other_text);
    cr_expect(matches(other_text, &other.packet), "%s", other_text);
    cr_expect_not(matches(other_text, &one->packet), "%s is matched by another", other_text);
}

/* What is no part of an extension header: the number of the next, and what a fragment reserves. */
static bool is_foreign(const struct list *list, const struct headoption_kind *kind, size_t i)
{
    return list->set->chained && (i == 0 || (i == 1 && strcmp(kind->name, "fragment") == 0));
}

static void try_option(const struct list *list, const struct headoption_kind *kind)
{
    struct headoption_draft draft;
    struct specimen one, again;
    char text[TEXT], named[TEXT], has[TEXT];
    headoption_begin(&draft, kind);
    put_fields(&draft);
    segment(&one, list, draft.bytes, draft.size, draft.number);
    told(list, &one.packet, text);
    size_t at = (list == &tcp ? one.packet.transport : one.packet.ip) + list->fixed;
    cr_expect_not_null(strstr(text, kind->name), "%s is told as %s", kind->name, text);
    cr_expect(matches(text, &one.packet), "%s", text);
    snprintf(has, sizeof has, "%s: {%s: {has: [%s]}}", list->layer, list->field, kind->name);
    cr_expect(matches(has, &one.packet), "%s", has);
    snprintf(named, sizeof named, "%s: {%s: {not: {has: [%s]}}}", list->layer, list->field,
             kind->name);
    cr_expect_not(matches(named, &one.packet), "%s", named);
    remake(&again, list, text);
    expect_same(list, &one.packet, &again.packet, text);
    for (size_t i = 0; i < draft.size; i++)
        if (!is_foreign(list, kind, i))
            try_change(list, &one, at + i, 1, text);
}

static void try_set(const struct list *list)
{
    const struct headoption_kind *kind = list->set->kinds;
    for (; kind->form != HEADOPTION_RAW; kind++)
        try_option(list, kind);
}

Test(optionmatch, every_option_is_matched_by_its_value_alone_in_every_place)
{
    try_set(&tcp);
    try_set(&ip4);
    try_set(&ip6);
}

/* --- any list ------------------------------------------------------------------------------ */

static size_t chance(uint64_t list, uint64_t purpose, size_t below)
{
    uint64_t who[2] = {list, purpose};
    return hash_bytes(7, who, sizeof who) % below;
}

/* Bytes of which many are options, some of them too long or too short. */
static size_t any_list(uint64_t number, uint8_t bytes[OPTIONS_ROOM])
{
    static const uint8_t kinds[] = {0, 1, 2, 3, 4, 5, 8, 19, 29, 30, 34, 172, 174, 254, 77};
    static const uint8_t lengths[] = {4, 3, 2, 10, 18, 5, 8, 11, 0, 1, 41};
    size_t size = 4 * chance(number, 0, OPTIONS_ROOM / 4 + 1);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)chance(number, 3 * i + 1, 256);
        if (chance(number, 3 * i + 2, 3) == 0)
            bytes[i] = kinds[chance(number, 3 * i + 3, sizeof kinds)];
        if (i > 0 && chance(number, 3 * i + 2, 3) == 1)
            bytes[i] = lengths[chance(number, 3 * i + 3, sizeof lengths)];
    }
    return size;
}

static void try_list(const struct list *list, uint64_t number)
{
    uint8_t bytes[OPTIONS_ROOM];
    struct specimen one, again;
    char text[TEXT], line[OPTIONTEXT_LINE];
    struct header header;
    segment(&one, list, bytes, any_list(number, bytes), 0);
    told(list, &one.packet, text);
    cr_expect(matches(text, &one.packet), "%s", text);
    remake(&again, list, text);
    expect_same(list, &one.packet, &again.packet, text);
    struct value area = area_of(list, &one.packet, &header);
    if (optiontext_line(list->set, &header, &area, line) > 0)
        cr_expect_str_neq(line, "", "%s", text);
}

Test(optionmatch, what_is_told_of_any_list_makes_it_again)
{
    for (uint64_t i = 0; i < LISTS; i++)
        try_list(i % 2 == 0 ? &tcp : &ip4, i);
}

Test(optionmatch, extension_headers_follow_each_other)
{
    static const char chain[] =
        "ip: {ext: [{hopopts: {hex: \"010400000000\"}}, {routing: {type: 253, left: 1}}, "
        "{raw: {kind: 60, hex: \"010c 00000000 00000000 00000000\"}}, {fragment: {id: 7}}]}";
    struct specimen one;
    remake(&one, &ip6, chain);
    cr_expect(matches(chain, &one.packet));
    cr_expect_eq(one.packet.protocol, IPPROTO_TCP);
    cr_expect_eq(one.packet.source_port, 80);
    cr_expect(one.packet.checksum_valid);
    cr_expect(matches("ip: {proto: 6, ext: [hopopts, routing, dstopts, fragment]}", &one.packet));
    cr_expect_not(matches("ip: {ext: [hopopts, dstopts, routing, fragment]}", &one.packet));
    cr_expect_not(matches("ip: {ext: []}", &one.packet));
    remake(&one, &ip6, "ip: {ext: [{fragment: {offset: 2, more: 1, id: 9}}]}");
    cr_expect(one.packet.fragment && one.packet.more_fragments);
    cr_expect(matches("ip: {ext: [{fragment: {offset: 2, more: 1, id: 9}}]}", &one.packet));
}

/* --- how a list is looked at ----------------------------------------------------------------- */

static bool is(const char *options, const char *made)
{
    char text[TEXT], whole[TEXT];
    struct specimen one;
    snprintf(whole, sizeof whole, "tcp: {options: %s}", made);
    snprintf(text, sizeof text, "tcp: {options: %s}", options);
    remake(&one, &tcp, whole);
    return matches(text, &one.packet);
}

#define IS(options, made) cr_expect(is(options, made), "%s", options)
#define IS_NOT(options, made) cr_expect_not(is(options, made), "%s", options)

Test(optionmatch, a_list_is_exact_and_padding_counts)
{
    static const char made[] = "[{mss: 1000}, sackok, nop, nop, {wscale: 7}]";
    IS("[{mss: 1000}, sackok, nop, nop, {wscale: 7}, eol]", made);
    IS("[mss, sackok, nop, nop, wscale, eol]", made);
    IS_NOT("[mss, sackok, nop, nop, wscale]", made);
    IS_NOT("[mss, sackok, nop, wscale, eol]", made);
    IS_NOT("[sackok, mss, nop, nop, wscale, eol]", made);
    IS_NOT("[]", made);
    IS("[]", "[]");
    IS("{not: []}", made);
    IS("{any_of: [[], {has: [sackok]}]}", made);
    IS("{has: [wscale, mss]}", made);
    IS_NOT("{has: [wscale, ts]}", made);
}

Test(optionmatch, values_may_be_matchers_and_fields_are_free)
{
    static const char made[] =
        "[nop, nop, {ts: {val: 7, ecr: 9}}, nop, nop, {sack: [[1, 5], [9, 12]]}]";
    IS("{has: [{ts: {ecr: 9}}]}", made);
    IS("{has: [{ts: {val: {above: 6}}}]}", made);
    IS_NOT("{has: [{ts: {val: {above: 7}}}]}", made);
    IS("{has: [{sack: [[1, {at_least: 5}], [9, 12]]}]}", made);
    IS_NOT("{has: [{sack: [[1, 5]]}]}", made);
    IS_NOT("{has: [{sack: [[1, 5], [9, 12], [20, 21]]}]}", made);
    IS("{has: [{raw: {kind: 8, len: 10}}]}", made);
    IS("{has: [{raw: {hex: \"080a 00000007 00000009\"}}]}", made);
    IS("{has: [{raw: {kind: 8, hex: \"0000000700000009\"}}]}", made);
    IS_NOT("{has: [{raw: {kind: 8, hex: \"080a0000000700000009\"}}]}", made);
}
