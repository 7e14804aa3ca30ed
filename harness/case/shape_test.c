/* SPDX-License-Identifier: MIT */
#include "case/shape.h"

#include "case/basicshape.h"
#include "case/faultshape.h"
#include "case/format.h"
#include "case/packetshape.h"
#include "case/reader.h"

#include <criterion/criterion.h>
#include <string.h>

/* The code of the first complaint that text draws in the place of shape; "" for none. */
static const char *code_of(const struct shape *shape, const char *text)
{
    static char code[64];
    struct complaints list = {
        .arena = arena_new(), .file = "x.yaml", .text = text, .length = strlen(text)};
    const struct node *root = reader_parse(&list);
    bool good = root != NULL && shape_check(&list, root, shape, "place");
    cr_assert_eq(good, list.count == 0, "%s", text);
    cr_assert(root == NULL || shape_check(NULL, root, shape, "place") == good);
    snprintf(code, sizeof code, "%s", list.first != NULL ? code_word(list.first->code) : "");
    arena_free(list.arena);
    return code;
}

#define TAKES(shape, text) cr_assert_str_eq(code_of(shape, text), "", "%s", text)
#define REFUSES(shape, text, code) cr_assert_str_eq(code_of(shape, text), code, "%s", text)

Test(shape, numbers)
{
    TAKES(&basicshape_size, "16KiB");
    TAKES(&basicshape_time, "0");
    TAKES(&basicshape_time, "10ms");
    TAKES(&basicshape_port, "65535");
    TAKES(&basicshape_match_number, "-1");
    REFUSES(&basicshape_size, "10ms", "bad-value");
    REFUSES(&basicshape_size, "\"16\"", "bad-value");
    REFUSES(&basicshape_time, "10", "bad-value");
    REFUSES(&basicshape_time, "-1s", "bad-value");
    REFUSES(&basicshape_port, "65536", "bad-value");
    REFUSES(&basicshape_match_count, "-1", "bad-value");
}

Test(shape, references_stand_for_anything)
{
    TAKES(&basicshape_size, "$size");
    TAKES(&packetshape_made, "$packet");
    REFUSES(&basicshape_size, "\"$size\"", "bad-value");
}

Test(shape, a_matcher_that_always_matches_is_none)
{
    const struct shape *data = format_expectation(EXPECT_data);
    const struct shape *revents = format_expectation(EXPECT_revents);
    TAKES(data, "{starts: a}");
    TAKES(data, "\"\"");
    TAKES(data, "{prefix_of: \"\"}");
    TAKES(revents, "[]");
    TAKES(revents, "{none: [POLLIN]}");
    REFUSES(data, "{starts: \"\"}", "bad-value");
    REFUSES(data, "{contains: \"\"}", "bad-value");
    REFUSES(data, "{any_of: [a, {starts: \"\"}]}", "bad-value");
    REFUSES(revents, "{all: []}", "bad-value");
    REFUSES(revents, "{none: []}", "bad-value");
}

Test(shape, bytes)
{
    TAKES(&basicshape_bytes, "\"any text\"");
    TAKES(&basicshape_bytes, "{hex: \"00 ff 7f\"}");
    TAKES(&basicshape_bytes, "{pattern: 8MiB}");
    REFUSES(&basicshape_bytes, "{hex: \"0 f\"}", "");
    REFUSES(&basicshape_bytes, "{hex: \"0\"}", "bad-value");
    REFUSES(&basicshape_bytes, "{}", "bad-value");
    REFUSES(&basicshape_bytes, "{text: a, zeros: 1}", "exclusive-keys");
    REFUSES(&basicshape_bytes, "{txt: a}", "unknown-key");
}

Test(shape, matchers)
{
    TAKES(&basicshape_match_number, "{at_least: 1, below: 8MiB}");
    TAKES(&basicshape_match_number, "{any_of: [1, {not: 3}]}");
    TAKES(&basicshape_match_bytes, "{prefix_of: {pattern: 10}}");
    TAKES(&basicshape_match_bytes, "{pattern: 10}");
    REFUSES(&basicshape_match_number, "{starts: 1}", "unknown-key");
    REFUSES(&basicshape_match_number, "{any_of: 1}", "bad-value");
    REFUSES(&basicshape_match_number, "{at_least: x}", "bad-value");
    REFUSES(&basicshape_match_bytes, "{starts: a, text: b}", "unknown-key");
    TAKES(format_expectation(EXPECT_revents), "{all: [POLLIN], none: [POLLERR]}");
    REFUSES(format_expectation(EXPECT_revents), "{all: [POLIN]}", "unknown-constant");
}

Test(shape, addresses)
{
    TAKES(&basicshape_address, "client12");
    TAKES(&basicshape_address, "{host: blackhole, port: $taken}");
    REFUSES(&basicshape_address, "clients", "bad-value");
    REFUSES(&basicshape_address, "client0", "bad-value");
    REFUSES(&basicshape_address, "{port: 1}", "missing-key");
    TAKES(&basicshape_match_address, "{port: {above: 0}}");
}

Test(shape, packets)
{
    TAKES(&packetshape_seen, "synack");
    TAKES(&packetshape_seen, "{packet: fin, tcp: {seq: 1, flags: {all: [ACK]}}}");
    TAKES(&packetshape_made, "{icmp: {type: 8}, payload: {hex: \"00\"}, to: server}");
    REFUSES(&packetshape_made, "{ip: {id: {not: 0}}}", "bad-value");
    REFUSES(&packetshape_seen, "{tcp: {sequence: 1}}", "unknown-key");
    REFUSES(&packetshape_wire_when, "{packet: data, nth: 1, every: 2}", "exclusive-keys");
}

Test(shape, faults)
{
    TAKES(&faultshape_fault, "{wire: both, do: reorder, when: {payload: {contains: x}, every: 2}}");
    TAKES(&faultshape_fault,
          "{call: recv, by: client, do: {errno: EINTR}, when: {probability: 0.5}}");
    REFUSES(&faultshape_fault, "{wire: both}", "missing-key");
    REFUSES(&faultshape_fault, "{call: recv, by: client, do: {errno: EINRT}}", "unknown-constant");
    REFUSES(&faultshape_fault, "{do: drop}", "missing-key");
}
