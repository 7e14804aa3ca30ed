/* SPDX-License-Identifier: MIT */
#include "fault/rule.h"

#include "case/complaint.h"
#include "case/reader.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct fault fault;

/* The members of what is written, as a plan file has it. */
static const struct node *read_text(const char *text)
{
    struct complaints list = {.arena = arena_new(), .file = "test", .text = text};
    list.length = strlen(text);
    const struct node *root = reader_parse(&list);
    cr_assert_not_null(root, "%s", text);
    return root;
}

static void read_call(const char *text)
{
    const struct node *root = read_text(text);
    memset(&fault, 0, sizeof fault);
    rule_call(&fault, node_get(root, "do"), node_get(root, "call"), "client2");
    rule_trigger(&fault, node_get(root, "when"));
}

static void read_wire(const char *text)
{
    const struct node *root = read_text(text);
    memset(&fault, 0, sizeof fault);
    rule_wire(&fault, node_get(root, "do"), node_get(root, "wire"));
}

Test(rule, an_action_at_a_call_with_its_argument)
{
    read_call("{call: accept4, do: {errno: EMFILE}}");
    cr_assert_eq(fault.action, FAULT_ERRNO);
    cr_assert_eq(fault.argument, EMFILE);
    cr_assert_eq(fault.points, UINT64_C(1) << POINT_accept);
    cr_assert_str_eq(fault.by, "client2");
    cr_assert_eq(fault.wire, WIRE_PASS);
    read_call("{call: receive, do: {cap: 2KiB}}");
    cr_assert_eq(fault.action, FAULT_CAP);
    cr_assert_eq(fault.argument, 2048);
    cr_assert_eq(fault.points, point_find("receive"));
    read_call("{call: send, do: {delay: 3ms}}");
    cr_assert_eq(fault.argument, 3000, "microseconds");
    read_call("{call: send, do: reset}");
    cr_assert_eq(fault.action, FAULT_RESET);
}

Test(rule, what_is_none)
{
    read_call("{call: sent, do: rest}");
    cr_assert_eq(fault.action, FAULT_NONE);
    cr_assert_eq(fault.points, 0);
    read_wire("{wire: both, do: dro}");
    cr_assert_eq(fault.wire, WIRE_PASS);
}

Test(rule, an_action_on_the_wire_and_who_sends)
{
    read_wire("{wire: client, do: corrupt}");
    cr_assert_eq(fault.wire, WIRE_CORRUPT);
    cr_assert_eq(fault.senders, 1);
    cr_assert_eq(fault.points, 0);
    read_wire("{wire: server, do: cut}");
    cr_assert_eq(fault.senders, 2);
    read_wire("{wire: both, do: cut}");
    cr_assert_eq(fault.senders, 3);
}

Test(rule, triggers)
{
    static const struct {
        const char *when;
        enum trigger_kind kind;
        uint64_t n, after;
        bool once;
    } rows[] = {{"nth: 3", TRIGGER_NTH, 3, 0, false},
                {"every: 2, once: true", TRIGGER_EVERY, 2, 0, true},
                {"after: 1KiB", TRIGGER_AFTER, 1024, 1024, false},
                {"covers_byte: 7", TRIGGER_COVERS_BYTE, 7, 0, false},
                {"once: true", TRIGGER_ALWAYS, 0, 0, true},
                {"once: false", TRIGGER_ALWAYS, 0, 0, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[128];
        snprintf(text, sizeof text, "{call: send, do: reset, when: {%s}}", rows[i].when);
        read_call(text);
        cr_assert_eq(fault.trigger.kind, rows[i].kind, "%s", text);
        cr_assert_eq(fault.trigger.n, rows[i].n, "%s", text);
        cr_assert_eq(fault.trigger.once, rows[i].once, "%s", text);
        cr_assert_eq(fault.after, rows[i].after, "%s", text);
    }
    read_call("{call: send, do: reset, when: {probability: 0.25}}");
    cr_assert_eq(fault.trigger.kind, TRIGGER_PROBABILITY);
    cr_assert_float_eq(fault.trigger.probability, 0.25, 1e-9);
    read_call("{call: send, do: reset}");
    cr_assert_eq(fault.trigger.kind, TRIGGER_ALWAYS);
}
