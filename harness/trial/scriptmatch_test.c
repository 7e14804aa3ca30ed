/* SPDX-License-Identifier: MIT */
#include "trial/scriptmatch.h"

#include "case/pktparse.h"
#include "trial/scriptpacket.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;
static struct scriptflow own, mirrored;

/* Two views of one connection: of the host under test, and of a remote host which says what that
   host would, so that there is something to match. */
static void begin(void)
{
    arena = arena_new();
    own = (struct scriptflow){.family = AF_INET, .own_port = 80, .peer_port = 1000};
    own.own.s6_addr[15] = 1;
    own.peer.s6_addr[15] = 2;
    own.own.s6_addr[10] = own.own.s6_addr[11] = own.peer.s6_addr[10] = own.peer.s6_addr[11] = 0xff;
    mirrored = own;
    mirrored.own = own.peer;
    mirrored.peer = own.own;
    mirrored.own_port = own.peer_port;
    mirrored.peer_port = own.own_port;
}

static void end(void)
{
    arena_free(arena);
}

TestSuite(scriptmatch, .init = begin, .fini = end);

static const struct pkt_packet *packet(const char *text)
{
    struct complaints *list = arena_alloc(arena, sizeof *list);
    const char *whole = arena_printf(arena, "0 > %s", text);
    *list = (struct complaints){
        .arena = arena, .file = "x.pkt", .text = whole, .length = strlen(whole)};
    struct pkt_script *script = pktparse(list);
    cr_assert(list->count == 0 && script->lack_count == 0, "%s", text);
    return &script->events->packet;
}

/* The packet as the wire has it. */
static struct scriptsegment live(const char *text)
{
    struct scriptsegment segment;
    uint8_t *frame = arena_alloc(arena, ETHER_HEADER + SCRIPTPACKET_ROOM);
    const char *why = NULL;
    size_t size = scriptpacket_build(&mirrored, packet(text), frame + ETHER_HEADER, &why);
    cr_assert_gt(size, 0, "%s: %s", text, why);
    frame[12] = mirrored.family == AF_INET6 ? 0x86 : 0x08;
    frame[13] = mirrored.family == AF_INET6 ? 0xdd : 0x00;
    cr_assert(scriptsegment_read(&segment, frame, ETHER_HEADER + size));
    cr_assert(segment.packet.checksum_valid, "%s", text);
    cr_assert(scriptflow_is_own(&own, &segment.packet), "%s", text);
    return segment;
}

static const char *differs(const char *expected, const char *sent)
{
    struct scriptmatch match = {.expected = packet(expected)};
    const struct scriptsegment segment = live(sent);
    const char *field = NULL;
    scriptmatch_take(&match, &own, &segment, &field);
    return field != NULL ? field : "";
}

#define WHOLE "P. 1:11(10) ack 5 win 7 <nop,nop,sack 1:2 5:9>"

Test(scriptmatch, what_is_compared)
{
    cr_expect_str_eq(differs(WHOLE, WHOLE), "");
    cr_expect_str_eq(differs("P. 1:11(10) ack 5 <...>", WHOLE), "");
    cr_expect_str_eq(differs(". 1:11(10) ack 5 <...>", WHOLE), "flags");
    cr_expect_str_eq(differs("P. 2:12(10) ack 5 <...>", WHOLE), "seq");
    cr_expect_str_eq(differs("P. 1:10(9) ack 5 <...>", WHOLE), "length");
    cr_expect_str_eq(differs("P. 1:11(10) ack 6 <...>", WHOLE), "ack");
    cr_expect_str_eq(differs("P. 1:11(10) ack 5 win 8 <...>", WHOLE), "win");
    cr_expect_str_eq(differs("P. 1:11(10) ack 5 urg 1 <...>", WHOLE), "urg");
    cr_expect_str_eq(differs("P. 1:11(10) ack 5", WHOLE), "options");
    cr_expect_str_eq(differs("P. 1:11(10) ack 5 <nop,nop,sack 1:2 5:8>", WHOLE), "options");
    cr_expect_str_eq(differs("P. 1:11(10) ack 5 <nop,nop,sack 1:2>", WHOLE), "options");
    cr_expect_str_eq(differs("[ect0] P. 1:11(10) ack 5 <...>", WHOLE), "ecn");
    cr_expect_str_eq(differs("[ect01] P. 1:11(10) ack 5 <...>", "[ect1] " WHOLE), "");
    cr_expect_str_eq(differs("[ttl 3] P. 1:11(10) ack 5 <...>", "[ttl 4] " WHOLE), "ttl");
    cr_expect_str_eq(differs("[tos 4] P. 1:11(10) ack 5 <...>", "[tos 8] " WHOLE), "tos");
    cr_expect_str_eq(differs("udp (10)", WHOLE), "protocol");
    cr_expect_str_eq(differs("udp (10)", "udp (10)"), "");
    cr_expect_str_eq(differs("udp (10)", "udp (11)"), "length");
}

Test(scriptmatch, options_of_a_syn)
{
    static const char all[] = "S 0:0(0) <mss 1460,sackOK,TS val 9 ecr 0,nop,wscale 7,FO 0a0b>";
    cr_expect_str_eq(differs(all, all), "");
    cr_expect_str_eq(differs("S 0:0(0) <mss 1461,sackOK,TS val 9 ecr 0,nop,wscale 7,FO 0a0b>", all),
                     "options");
    cr_expect_str_eq(differs("S 0:0(0) <mss 1460,sackOK,TS val 9 ecr 0,nop,wscale 6,FO 0a0b>", all),
                     "options");
    cr_expect_str_eq(differs("S 0:0(0) <mss 1460,sackOK,TS val 9 ecr 0,nop,wscale 7,FO 0a0c>", all),
                     "options");
    cr_expect_str_eq(differs("S 0:0(0) <sackOK,mss 1460,TS val 9 ecr 0,nop,wscale 7,FO 0a0b>", all),
                     "options");
    cr_expect_str_eq(differs("S 0:0(0) <mss 1460,eol>", "S 0:0(0) <mss 1460,nop>"), "options");
    cr_expect_str_eq(differs("S 0:0(0) <FOEXP 0102>", "S 0:0(0) <FOEXP 0102>"),
                     "options"); /* padded */
    cr_expect_str_eq(differs("S 0:0(0) <FOEXP 0102,nop,nop>", "S 0:0(0) <FOEXP 0102>"), "");
}

Test(scriptmatch, counters_of_accecn_have_two_orders)
{
    static const char all[] = ".1 1:1(0) ack 1 <ECN e1b 1 ceb 70000 e0b 3,nop>";
    cr_expect_str_eq(differs(all, all), "");
    cr_expect_str_eq(differs(".1 1:1(0) ack 1 <ECN e0b 1 ceb 70000 e1b 3,nop>", all), "options");
    cr_expect_str_eq(differs(".1 1:1(0) ack 1 <ECN e1b 1 ceb 70000 e0b 4,nop>", all), "options");
    cr_expect_str_eq(differs(".1 1:1(0) ack 1 <ECN e1b 1 ceb 70000,nop>", all), "options");
}

Test(scriptmatch, numbers_of_ace_are_three_flags)
{
    cr_expect_str_eq(differs(".5 1:1(0) ack 1", ".AE 1:1(0) ack 1"), "");
    cr_expect_str_eq(differs(".4 1:1(0) ack 1", ".AE 1:1(0) ack 1"), "flags");
    cr_expect_str_eq(differs(".AE 1:1(0) ack 1", ".5 1:1(0) ack 1"), "");
    cr_expect_str_eq(differs(". 1:1(0) ack 1", ".1 1:1(0) ack 1"), "flags");
}

/* What is expected against two packets, one after the other. */
static const char *of_two(const char *expected, const char *first, const char *second, bool strict,
                          enum scriptmatch_verdict *verdict)
{
    struct scriptmatch match = {.expected = packet(expected), .strict = strict};
    const char *field = NULL;
    struct scriptsegment segment = live(first);
    *verdict = scriptmatch_take(&match, &own, &segment, &field);
    segment = live(second);
    if (*verdict == SCRIPTMATCH_MORE)
        *verdict = scriptmatch_take(&match, &own, &segment, &field);
    return field != NULL ? field : "";
}

Test(scriptmatch, several_segments_are_one_unless_they_are_to_be_strict)
{
    enum scriptmatch_verdict verdict = SCRIPTMATCH_FITS;
    cr_expect_str_eq(
        of_two("P. 1:21(20) ack 1", ". 1:11(10) ack 1", "P. 11:21(10) ack 1", false, &verdict), "");
    cr_expect_eq(verdict, SCRIPTMATCH_FITS);
    of_two("P. 1:31(30) ack 1", ". 1:11(10) ack 1", "P. 11:21(10) ack 1", false, &verdict);
    cr_expect_eq(verdict, SCRIPTMATCH_MORE);
    cr_expect_str_eq(
        of_two("P. 1:21(20) ack 1", ". 1:11(10) ack 1", ". 11:21(10) ack 1", false, &verdict), "");
    cr_expect_str_eq(
        of_two("P. 1:21(20) ack 1", ". 1:11(10) ack 1", "F. 11:21(10) ack 1", false, &verdict),
        "flags");
    cr_expect_str_eq(
        of_two("F. 1:21(20) ack 1", "F. 1:11(10) ack 1", "F. 11:21(10) ack 1", false, &verdict),
        "flags");
    cr_expect_str_eq(
        of_two("P. 1:21(20) ack 1", ". 1:11(10) ack 1", "P. 12:22(10) ack 1", false, &verdict),
        "seq");
    cr_expect_str_eq(
        of_two("P. 1:21(20) ack 1", ". 1:11(10) ack 1", "P. 11:22(11) ack 1", false, &verdict),
        "length");
    cr_expect_str_eq(
        of_two("P. 1:21(20) ack 1", ". 1:11(10) ack 1", "P. 11:21(10) ack 1", true, &verdict),
        "length");
}

Test(scriptmatch, the_first_numbers_are_the_hosts_own)
{
    cr_expect_str_eq(differs("S 0:0(0)", "S 7000:7000(0)"), "");
    mirrored.remote = 7000; /* the host under test goes on from there */
    cr_expect_str_eq(differs(". 1:1(0) ack 1", ". 1:1(0) ack 1"), "");
    cr_expect_str_eq(differs(". 2:2(0) ack 1", ". 1:1(0) ack 1"), "seq");
    cr_expect_eq(scriptflow_local(&own, false), 7000);
    cr_expect_eq(scriptflow_local(&own, true), 7000);
    scriptflow_remote_begins(&own, 5);
    mirrored.local_known = true;
    mirrored.local_live = 5;
    cr_expect_str_eq(
        differs(". 1:1(0) ack 9 <nop,nop,sack 11:12>", ". 1:1(0) ack 9 <nop,nop,sack 11:12>"), "");
}

Test(scriptmatch, a_stamp_stands_for_that_which_was_sent)
{
    cr_expect_str_eq(
        differs("S 0:0(0) <TS val 100 ecr 0,nop,nop>", "S 0:0(0) <TS val 4444 ecr 0,nop,nop>"), "");
    cr_expect_eq(scriptflow_echo(&own, 100), 4444);
    cr_expect_eq(scriptflow_echo(&own, 101), 101);
    scriptflow_stamped(&own, 100, 5555);
    cr_expect_eq(scriptflow_echo(&own, 100), 5555);
}

Test(scriptmatch, stamps_are_compared_by_their_ticks_where_the_script_says_them)
{
    struct scriptmatch match = {.tick_us = 1000, .tolerance_us = 4000};
    const char *field = NULL;
    scriptflow_stamped(&own, 100, 5000);
    match.expected = packet(". 1:1(0) ack 1 <nop,nop,TS val 150 ecr 0>");
    struct scriptsegment segment = live(". 1:1(0) ack 1 <nop,nop,TS val 5053 ecr 0>");
    scriptmatch_take(&match, &own, &segment, &field);
    cr_expect_null(field);
    segment = live(". 1:1(0) ack 1 <nop,nop,TS val 5070 ecr 0>");
    scriptmatch_take(&match, &own, &segment, &field);
    cr_expect_str_eq(field, "options");
}

Test(scriptmatch, a_packet_is_told_as_a_script_would)
{
    static const char *const all[] = {
        "> S 0:0(0) win 5 <mss 1460,sackOK,TS val 9 ecr 0,nop,wscale 7,FO 0a0b>",
        "> FPU. 1:11(10) ack 5 win 7 urg 3 <nop,nop,sack 1:2 5:9>",
        "> - 1:1(0) win 0",
        "> SEWA. 0:0(0) ack 1 win 0",
        "> udp (12)",
        "> . 1:1(0) ack 1 win 0 <ECN e0b 1 ceb 2 e1b 3,nop>"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct scriptsegment segment = live(all[i] + 2);
        cr_expect_str_eq(scriptsegment_text(&segment, &own, arena), all[i]);
    }
}

Test(scriptmatch, all_of_it_over_ipv6)
{
    own.family = mirrored.family = AF_INET6;
    cr_expect_str_eq(differs(WHOLE, WHOLE), "");
    cr_expect_str_eq(differs("[ce, ttl 9] " WHOLE, "[ce, ttl 9] " WHOLE), "");
    cr_expect_str_eq(differs("[ce, ttl 9] " WHOLE, "[ce, ttl 8] " WHOLE), "ttl");
}

Test(scriptmatch, a_message_of_icmp_quotes_the_hosts_own_packet)
{
    uint8_t out[SCRIPTPACKET_ROOM];
    const char *why = NULL;
    scriptflow_local_begins(&own, 0, 7000);
    const struct pkt_packet *message = packet("icmp unreachable frag_needed mtu 1200 [1:11(10)]");
    size_t size = scriptpacket_build(&own, message, out, &why);
    cr_assert_eq(size, 20 + 8 + 20 + 20);
    cr_expect(out[20] == 3 && out[21] == 4 && out[26] == 1200 >> 8 && out[27] == (1200 & 255));
    cr_expect_eq(out[28 + 19], own.peer.s6_addr[15]);
    cr_expect_eq(out[48 + 1], 80);
    cr_expect_eq(out[48 + 6] << 8 | out[48 + 7], 7001);
    own.family = AF_INET6;
    size = scriptpacket_build(&own, message, out, &why);
    cr_assert_eq(size, 40 + 8 + 40 + 20);
    cr_expect(out[40] == 2 && out[46] == 1200 >> 8);
    message = packet("icmp unreachable source_route_failed [1:11(10)]");
    cr_expect_eq(scriptpacket_build(&own, message, out, &why), 0);
    cr_expect_not_null(strstr(why, "ICMP"));
}
