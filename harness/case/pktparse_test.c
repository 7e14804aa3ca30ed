/* SPDX-License-Identifier: MIT */
#include "case/pktparse.h"

#include "case/pktcall.h"

#include <criterion/criterion.h>
#include <string.h>

static struct complaints list;

static void end(void)
{
    arena_free(list.arena);
    list.arena = NULL;
}

TestSuite(pktparse, .fini = end);

static struct pkt_script *parse(const char *text)
{
    if (list.arena != NULL)
        end();
    list = (struct complaints){
        .arena = arena_new(), .file = "x.pkt", .text = text, .length = strlen(text)};
    return pktparse(&list);
}

static const struct pkt_event *only(const char *text)
{
    struct pkt_script *script = parse(text);
    cr_assert_eq(list.count, 0, "%s: %s", text, list.count > 0 ? list.first->message : "");
    cr_assert_eq(script->event_count, 1, "%s", text);
    return script->events;
}

Test(pktparse, options_and_the_command_before_all)
{
    struct pkt_script *script =
        parse("--ip_version=ipv6 --strict\n// said\n`./set up`\n`more`\n0 %{ }%\n");
    cr_assert_eq(list.count, 0);
    cr_expect_str_eq(pkt_option_value(script, "ip_version"), "ipv6");
    cr_expect_str_eq(pkt_option_value(script, "strict"), "");
    cr_expect_null(pkt_option_value(script, "mtu"));
    cr_expect_str_eq(script->before.text, "./set up\nmore");
    cr_expect_eq(script->options->value.mark.column, 14);
}

static void expect_time(const char *text, enum pkt_time_kind kind, int64_t us, bool range,
                        bool blocks, int64_t until)
{
    struct pkt_time time = only(text)->time;
    cr_expect_eq(time.at.kind, kind, "%s", text);
    cr_expect_eq(time.at.us, us, "%s", text);
    cr_expect_eq(time.range, range, "%s", text);
    cr_expect_eq(time.blocks, blocks, "%s", text);
    cr_expect_eq(time.until.us, until, "%s", text);
}

Test(pktparse, times)
{
    expect_time("0.25 > . 1:1(0)", PKT_TIME_ABSOLUTE, 250000, false, false, 0);
    expect_time("+0.25 > . 1:1(0)", PKT_TIME_RELATIVE, 250000, false, false, 0);
    expect_time("+2 > . 1:1(0)", PKT_TIME_RELATIVE, 2000000, false, false, 0);
    expect_time("* > . 1:1(0)", PKT_TIME_ANY, 0, false, false, 0);
    expect_time("+.1~+.2 > . 1:1(0)", PKT_TIME_RELATIVE, 100000, true, false, 200000);
    expect_time("0.1~0.2 > . 1:1(0)", PKT_TIME_ABSOLUTE, 100000, true, false, 200000);
    expect_time("0.1...0.25 f() = 0", PKT_TIME_ABSOLUTE, 100000, false, true, 250000);
    expect_time("+0...+0.25 f() = 0", PKT_TIME_RELATIVE, 0, false, true, 250000);
    expect_time("%{ }%", PKT_TIME_RELATIVE, 0, false, false, 0);
}

Test(pktparse, a_segment_with_all_that_may_stand_in_it)
{
    struct pkt_packet packet =
        only("0 < [ect0, ttl 7] SEW 0:5(5) ack 4294967295 win 0 urg 3 "
             "<mss 1000,sackOK,TS val 1 ecr 2,nop,wscale 7,sack 1:2 5:9,FO 0a1B,eol>")
            ->packet;
    cr_expect_eq(packet.direction, PKT_INBOUND);
    cr_expect_eq(packet.protocol, PKT_TCP);
    cr_expect_eq(packet.ecn, PKT_ECN_ECT0);
    cr_expect_eq(packet.ttl, 7);
    cr_expect_eq(packet.flags, PKT_SYN | PKT_ECE | PKT_CWR);
    cr_expect_eq(packet.range.end, 5);
    cr_expect_eq(packet.ack, UINT32_MAX);
    cr_expect(packet.has_window && packet.window == 0);
    cr_expect_eq(packet.urgent, 3);
    cr_assert_eq(packet.option_count, 8);
    const struct pkt_tcp_option *option = packet.options;
    cr_expect_eq(option->number, 1000);
    option = option->next->next;
    cr_expect_eq(option->number, 1);
    cr_expect_eq(option->second, 2);
    option = option->next->next->next;
    cr_expect_eq(option->blocks, 2);
    cr_expect_eq(option->block[1].first, 5);
    option = option->next;
    cr_expect_eq(option->length, 2);
    cr_expect_eq(option->bytes[1], 0x1b);
    cr_expect_eq(option->next->kind, PKT_OPTION_EOL);
}

Test(pktparse, other_packets)
{
    struct pkt_packet packet = only("0 > F. 7:7(0) ack 1 <...>")->packet;
    cr_expect(packet.any_options);
    cr_expect_eq(packet.flags, PKT_FIN | PKT_ACK);
    packet = only("0 > - 1:1(0)")->packet;
    cr_expect_eq(packet.flags, 0);
    packet = only("0 > udp (1400)")->packet;
    cr_expect_eq(packet.payload, 1400);
    packet = only("0 < icmp unreachable frag_needed mtu 1200 [1:1001(1000)]")->packet;
    cr_expect_str_eq(packet.icmp_code.text, "frag_needed");
    cr_expect_eq(packet.mtu, 1200);
    cr_expect_eq(packet.range.length, 1000);
    packet = only("0 > .5 4294967295:4(5)")->packet;
    cr_expect_eq(packet.ace, 5);
}

Test(pktparse, calls_and_their_values)
{
    struct pkt_call call = only("0 sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{\"a\\x62\", 2}], "
                                "msg_flags=MSG_A|MSG_B}, 0x10) = -1 EPIPE (Broken pipe (so it is))")
                               ->call;
    cr_expect_str_eq(call.name.text, "sendmsg");
    cr_expect_eq(call.result->number, -1);
    cr_expect_str_eq(call.error.text, "EPIPE");
    cr_expect_eq(pktcall_argument(&call, 2)->number, 16);
    cr_expect_null(pktcall_argument(&call, 3));
    const struct pkt_value *msg = pktcall_argument(&call, 1);
    cr_expect_eq(pktcall_member(msg, "msg_name")->kind, PKT_VALUE_ANY);
    const struct pkt_value *iov = pktcall_member(msg, "msg_iov");
    cr_expect_eq(iov->length_of->number, 1);
    cr_expect_str_eq(iov->first->first->text, "ab");
    cr_expect_eq(pktcall_member(msg, "msg_flags")->kind, PKT_VALUE_EITHER);
    cr_expect_eq(pktcall_member(msg, "msg_flags")->count, 2);
}

Test(pktparse, an_event_is_shown_as_it_stands)
{
    struct pkt_script *script = parse("0  bind(3,\n\t ...) = 0\n+0 > . 1:1(0) // said\n");
    cr_assert_eq(script->event_count, 2);
    cr_expect_str_eq(script->events->source, "0 bind(3, ...) = 0");
    cr_expect_str_eq(script->events->next->source, "+0 > . 1:1(0)");
    cr_expect_eq(script->events->next->mark.column, 4);
}

Test(pktparse, what_is_wrong_is_told_where_it_stands)
{
    static const struct {
        const char *text;
        int line, column;
    } all[] = {
        {"0 > S 0:0", 1, 10},
        {"0 > S 0:1(0)", 1, 7},
        {"0 > X 0:0(0)", 1, 5},
        {"0 > . 1:1(0) <mss>", 1, 18},
        {"0 > . 1:1(0) <mss 70000>", 1, 19},
        {"0 < . 1:1(0) <TS val 1>", 1, 23},
        {"0 < . 1:1(0) <FO abc>", 1, 18},
        {"0 < . 1:1(0) <FO 1g>", 1, 18},
        {"0 f( = 0", 1, 6},
        {"0 f() 0", 1, 7},
        {"0 f(1 2) = 0", 1, 7},
        {"* < . 1:1(0)", 1, 1},
        {"0.1...0.2 > . 1:1(0)", 1, 1},
        {"0.2~0.1 > . 1:1(0)", 1, 5},
        {"f() = 0", 1, 1},
        {"0 !", 1, 3},
        {"0 f() = 0\n 1 > . 1:1(0", 2, 13},
        {"100000 f() = 0", 1, 1},
        {"", 1, 1},
        {"// nothing\n", 1, 1},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        parse(all[i].text);
        cr_assert_eq(list.count, 1, "%s: %zu", all[i].text, list.count);
        cr_expect_eq(list.first->mark.line, all[i].line, "%s", all[i].text);
        cr_expect_eq(list.first->mark.column, all[i].column, "%s: %d", all[i].text,
                     list.first->mark.column);
    }
}

Test(pktparse, each_event_that_is_wrong_has_its_complaint)
{
    struct pkt_script *script = parse("0 f( = 0\n+0 g() = 1\n+0 > . 1:1\n+0 h() = 2\n");
    cr_expect_eq(list.count, 2);
    cr_expect_eq(script->event_count, 4);
}

Test(pktparse, what_is_not_known_is_a_lack_and_no_complaint)
{
    static const struct {
        const char *text, *construct;
    } all[] = {
        {"0 < sctp: INIT[flgs=0]\n+0 f() = 0", "SCTP packet"},
        {"0 < gre: S 0:0(0)\n+0 f() = 0", "GRE encapsulation"},
        {"0 < 1.2.3.4:5 > 2.3.4.5:6: S 0:0(0)\n+0 f() = 0", "addresses in a packet"},
        {"0 < S 0:0(0) <mptcp 1 2 3>\n+0 f() = 0", "TCP option mptcp"},
        {"0 < [hops 3] S 0:0(0)\n+0 f() = 0", "IP field hops"},
        {"0 < S 0:0(0) <mss 1, FO COOKIE_1>\n+0 f() = 0",
         "the name COOKIE_1, which nothing defines"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct pkt_script *script = parse(all[i].text);
        cr_expect_eq(list.count, 0, "%s", all[i].text);
        cr_assert_eq(script->lack_count, 1, "%s", all[i].text);
        cr_expect_str_eq(script->lacks->construct, all[i].construct);
        cr_expect_eq(script->event_count, 2, "%s", all[i].text);
    }
}

Test(pktparse, what_nests_without_end_is_refused)
{
    char text[5000] = "0 f(";
    memset(text + 4, '[', 4900);
    parse(text);
    cr_expect_eq(list.count, 1);
    memset(text + 4, '-', 4900);
    parse(text);
    cr_expect_eq(list.count, 1);
    for (size_t i = 4; i < 4900; i += 2)
        memcpy(text + i, "a=", 2);
    parse(text);
    cr_expect_eq(list.count, 1);
}
