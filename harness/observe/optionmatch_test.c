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

/* A segment with these bytes behind the fixed part of its header. */
static void segment(struct specimen *one, const uint8_t *bytes, size_t size)
{
    struct draft draft;
    draft_begin(&draft, AF_INET);
    draft_set(&draft, "tcp", "sport", 80);
    cr_assert(draft_options(&draft, "tcp", bytes, size));
    build(one, &draft, AF_INET);
}

static struct value area_of(const struct packet *packet, struct header *header)
{
    struct value area;
    cr_assert(layers_header(&tcp_layer, packet, header));
    cr_assert(field_read(&tcp_layer, layer_field(&tcp_layer, "options"), header, &area));
    return area;
}

/* "tcp: {options: [...]}" as events tell it. */
static const char *told(const struct packet *packet, char text[TEXT])
{
    struct header header;
    struct value area = area_of(packet, &header);
    int lead = sprintf(text, "tcp: {options: ");
    struct compact list = {text + lead, TEXT - 32, 0};
    optiontext_write(&list, &headoption_tcp, &header, &area);
    cr_assert_lt(list.size, TEXT - 32);
    strcpy(text + lead + list.size, "}");
    return text;
}

/* The list that text says, made into a segment. */
static void remake(struct specimen *one, const char *text)
{
    char whole[TEXT + 2];
    struct draft draft;
    snprintf(whole, sizeof whole, "{%s}", text);
    const struct node *options = node_get(node_get(yaml(whole), "tcp"), "options");
    draft_begin(&draft, AF_INET);
    draft.first_of_receiver = FIRST_OF_RECEIVER;
    cr_assert(made_put(&draft, "tcp", options), "%s is not made", text);
    build(one, &draft, AF_INET);
}

static void expect_same(const struct packet *one, const struct packet *other, const char *text)
{
    struct header header, other_header;
    struct value area = area_of(one, &header), made = area_of(other, &other_header);
    cr_expect(area.size == made.size && memcmp(area.bytes, made.bytes, area.size) == 0,
              "%s is made otherwise", text);
}

/* --- every option -------------------------------------------------------------------------- */

/* Puts something into each field of an option. */
static void put_fields(struct headoption_draft *option)
{
    static const uint8_t bytes[] = "\x07\xd5\x00\x00\x07\xd9\x00\x00\x0f\x00\x00\x00\x10\x00\x00";
    for (const struct field *field = option->kind->fields; field->name != NULL; field++) {
        bool good = field->type == FIELD_NUMBER && headoption_put(option, field, 5);
        for (size_t size = sizeof bytes; size > 0 && !good; size--)
            good = headoption_put_bytes(option, field, bytes, size);
        cr_assert(good, "%s.%s", option->kind->name, field->name);
    }
}

static void try_change(const struct specimen *one, size_t octet, uint8_t bits, const char *text)
{
    char other_text[TEXT];
    struct specimen other = *one;
    other.frame[octet] ^= bits;
    parse(&other);
    cr_expect_not(matches(text, &other.packet), "%s is matched by another value", text);
    told(&other.packet, other_text);
    cr_expect(matches(other_text, &other.packet), "%s", other_text);
    cr_expect_not(matches(other_text, &one->packet), "%s is matched by another", other_text);
}

static void try_option(const struct headoption_kind *kind)
{
    struct headoption_draft draft;
    struct specimen one, again;
    char text[TEXT], named[TEXT], has[TEXT];
    headoption_begin(&draft, kind);
    put_fields(&draft);
    segment(&one, draft.bytes, draft.size);
    told(&one.packet, text);
    size_t at = one.packet.transport + 20;
    cr_expect_not_null(strstr(text, kind->name), "%s is told as %s", kind->name, text);
    cr_expect(matches(text, &one.packet), "%s", text);
    snprintf(has, sizeof has, "tcp: {options: {has: [%s]}}", kind->name);
    cr_expect(matches(has, &one.packet), "%s", has);
    snprintf(named, sizeof named, "tcp: {options: {not: {has: [%s]}}}", kind->name);
    cr_expect_not(matches(named, &one.packet), "%s", named);
    remake(&again, text);
    expect_same(&one.packet, &again.packet, text);
    for (size_t i = 0; i < draft.size; i++)
        try_change(&one, at + i, 1, text);
}

Test(optionmatch, every_option_is_matched_by_its_value_alone_in_every_place)
{
    const struct headoption_kind *kind = headoption_tcp.kinds;
    for (; kind->form != HEADOPTION_RAW; kind++)
        try_option(kind);
    cr_expect_null(kind[1].name, "raw is the last");
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

Test(optionmatch, what_is_told_of_any_list_makes_it_again)
{
    for (uint64_t i = 0; i < LISTS; i++) {
        uint8_t bytes[OPTIONS_ROOM];
        struct specimen one, again;
        char text[TEXT], line[OPTIONTEXT_LINE];
        struct header header;
        segment(&one, bytes, any_list(i, bytes));
        told(&one.packet, text);
        cr_expect(matches(text, &one.packet), "%s", text);
        remake(&again, text);
        expect_same(&one.packet, &again.packet, text);
        struct value area = area_of(&one.packet, &header);
        if (optiontext_line(&headoption_tcp, &header, &area, line) > 0)
            cr_expect_str_neq(line, "", "%s", text);
    }
}

/* --- how a list is looked at ----------------------------------------------------------------- */

static bool is(const char *options, const char *made)
{
    char text[TEXT], whole[TEXT];
    struct specimen one;
    snprintf(whole, sizeof whole, "tcp: {options: %s}", made);
    snprintf(text, sizeof text, "tcp: {options: %s}", options);
    remake(&one, whole);
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
