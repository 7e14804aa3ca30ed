/* SPDX-License-Identifier: MIT */
#include "case/peercheck.h"

#include "case/casefile.h"

#include <criterion/criterion.h>
#include <string.h>

#define HEAD "title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: tcp\n"
#define CLIENT "  - client: {connect: server, start: c}\n"

static struct casefile *parse(const char *text)
{
    return casefile_parse("cases/x.yaml", text, strlen(text), NULL, false);
}

/* The first complaint about the text, or "". */
static const char *message_of(const char *text)
{
    static char message[256];
    struct casefile *file = parse(text);
    snprintf(message, sizeof message, "%s",
             file->complaints.first != NULL ? file->complaints.first->message : "");
    casefile_free(file);
    return message;
}

static enum side absent_of(const char *text)
{
    struct casefile *file = parse(text);
    cr_assert_gt(file->variant_count, 0, "%s\n%s", text, message_of(text));
    enum side absent = file->variants[0].absent;
    casefile_free(file);
    return absent;
}

#define REFUSES(text, message) cr_expect_str_eq(message_of(HEAD text), message, "%s", text)
#define TAKES(text) REFUSES(text, "")

Test(peercheck, the_side_that_makes_no_step_is_absent)
{
    cr_expect_eq(absent_of(HEAD "peer: wire\nsteps:\n" CLIENT), SIDE_SERVER);
    cr_expect_eq(absent_of(HEAD "peer: wire\nsetup: listening\nsteps:\n"
                                "  - server: {accept: listener, start: a}\n"),
                 SIDE_CLIENT);
    cr_expect_eq(absent_of(HEAD "peer: wire\nsetup: listening\nsteps:\n  - wire: {sends: syn}\n"),
                 SIDE_CLIENT);
    cr_expect_eq(absent_of(HEAD "peer: wire\nsteps:\n  - wire: {sends: syn, to: client}\n"),
                 SIDE_SERVER);
    cr_expect_eq(absent_of(HEAD "peer: wire\nsteps:\n  - wire: {sees: rst, from: server}\n"),
                 SIDE_CLIENT);
    cr_expect_eq(absent_of(HEAD "steps:\n" CLIENT), SIDE_COUNT);
}

Test(peercheck, one_of_the_two_hosts_is_the_wire)
{
    REFUSES("peer: wire\nsteps:\n" CLIENT "  - server: {listen: 3}\n",
            "with 'peer' the wire is one of the two hosts, and step 1 is made by the other");
    REFUSES("peer: wire\nsteps:\n  - wire: {hold: client}\n",
            "nothing says which of the two hosts the wire is: no step is made by the other");
    REFUSES("peer: wire\nsetup: listening\nsteps:\n" CLIENT,
            "the wire is the server: nobody listens");
    REFUSES("peer: wire\nclients: 3\nsteps:\n" CLIENT, "'peer' does not go with 'clients: 3'");
    REFUSES(
        "peer: wire\nfaults: {f: {call: send, by: server, do: {errno: EINTR}}}\nsteps:\n" CLIENT,
        "the wire is the server: it makes no calls");
}

Test(peercheck, a_packet_goes_to_somebody)
{
    TAKES("steps:\n  - wire: {sends: ack, to: client}\n");
    TAKES("steps:\n  - wire: {sends: ack, from: client}\n");
    TAKES("peer: wire\nsteps:\n" CLIENT "  - wire: {sends: synack}\n");
    REFUSES("steps:\n  - wire: {sends: ack}\n", "nothing says to which host the wire sends this");
    REFUSES("steps:\n  - wire: {sends: ack, from: client, to: client}\n",
            "the client does not send to itself");
    REFUSES("peer: wire\nsteps:\n" CLIENT "  - wire: {sends: ack, to: server}\n",
            "the wire is the server: nothing is sent to it");
    REFUSES("peer: wire\nsteps:\n" CLIENT "  - wire: {sends: ack, from: client}\n",
            "the wire is the server: nothing is sent to it");
}

Test(peercheck, only_packets_that_can_be_made_are_sent)
{
    TAKES("steps:\n  - wire: {sends: {tcp: {seq: next, ack: last}}, to: client}\n");
    TAKES("steps:\n  - wire: {sends: {tcp: {seq: -1, ack: {absolute: 7}}}, to: client}\n");
    TAKES("steps:\n  - wire: {sends: {icmp: {type: 3}, payload: \"x\"}, to: client}\n");
    REFUSES("steps:\n  - wire: {sends: {tcp: {seq: last}}, to: client}\n",
            "'seq' takes a number from the initial one on, next, or {absolute: N}, not 'last'");
    REFUSES("steps:\n  - wire: {sends: data, to: client}\n",
            "a segment without a payload is no data");
    REFUSES("steps:\n  - wire: {sends: {udp: {sport: 1}, packet: syn}, to: client}\n",
            "a UDP datagram like that is never 'syn'");
    REFUSES("family: inet\nsteps:\n  - wire: {sends: {ip: {flow: 1}}, to: client}\n",
            "an IPv4 packet cannot have this 'flow' in 'ip'");
    TAKES("family: inet\nsteps:\n  - wire: {sends: {payload: {zeros: 1460}}, to: client}\n");
    REFUSES("family: inet\nsteps:\n  - wire: {sends: {payload: {zeros: 1461}}, to: client}\n",
            "a packet of the wire has at most 1500 bytes, and room for 1460 behind its headers");
    REFUSES("family: inet6\nsteps:\n"
            "  - wire: {sends: {udp: {dport: 1}, payload: {pattern: 1453}}, to: client}\n",
            "a packet of the wire has at most 1500 bytes, and room for 1452 behind its headers");
    cr_expect_str_eq(message_of("title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: icmp\n"
                                "steps:\n  - wire: {sends: data, to: client}\n"),
                     "nothing says what packet of icmp this is");
    cr_expect_str_eq(message_of("title: A case\ncites: [posix/recv/ECONNRESET]\ntransport: udp\n"
                                "steps:\n  - wire: {sends: syn, to: client}\n"),
                     "a packet of udp is never 'syn'");
}
