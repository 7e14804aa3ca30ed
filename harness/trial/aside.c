/* SPDX-License-Identifier: MIT */
#include "trial/aside.h"

#include "case/code.h"
#include "packet/kind.h"
#include "packet/packet.h"
#include "trial/descriptor.h"
#include "trial/endpoint.h"
#include "trial/memory.h"
#include "trial/pending.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>

enum { SEND_QUEUE = 2, IP_HEADER = 20 }; /* TCP_SEND_QUEUE of linux/tcp.h */

static uint64_t incoming_of(const struct descriptor *one)
{
    return endpoint_stream(&one->peer, &one->local);
}

void aside_say(struct trial *trial, const struct pending *pending, const char *why)
{
    trial_event(trial, "note", pending->member->name,
                trial_text(trial, "the ledger stands back: %s", why),
                json_pack("{s:s}", "code", code_word(CODE_LEDGER_STOOD_BACK)));
    for (size_t i = 0; i < json_array_size(trial->notes); i++)
        if (strstr(json_string_value(json_array_get(trial->notes, i)), why) != NULL)
            return;
    json_array_append_new(trial->notes, json_sprintf("the ledger stands back: %s", why));
}

/* --- what a socket is told ----------------------------------------------------------------------
 */

static void excuse_both(const struct trial *trial, const struct descriptor *one, const char *why)
{
    struct ledger *ledger = trial->stage->ledger;
    uint64_t in = incoming_of(one), out = endpoint_stream(&one->local, &one->peer);
    if (in != 0 && out != 0) {
        ledger_excuse(ledger, in, why);
        ledger_excuse(ledger, out, why);
    }
}

static const char in_repair[] = "TCP_REPAIR lets a program put bytes into a connection's queues";
static const char another_layer[] = "TCP_ULP puts a layer on the stream that may change its bytes";

/* Messages do not come out as they went in. */
static void excuse_messages(struct trial *trial, const struct pending *pending, const char *why)
{
    if (ledger_messages_excuse(trial->stage->ledger, why))
        aside_say(trial, pending, why);
}

static const char corked[] = "UDP_CORK or MSG_MORE puts what several sends took into one datagram";
static const char segmented[] = "UDP_SEGMENT makes several datagrams of what one send took";
static const char coalesced[] = "UDP_GRO lets several datagrams come with one receive";
static const char probed[] = "a send with MSG_PROXY (MSG_PROBE) sends nothing";

/* Why the messages of a socket that is told so are not followed; NULL: they are. */
static const char *why_aside(int level, int option, int value)
{
    const char *why = NULL;
    if (level == IPPROTO_UDP && value != 0)
        why = option == UDP_CORK      ? corked
              : option == UDP_SEGMENT ? segmented
              : option == UDP_GRO     ? coalesced
                                      : NULL;
    return why;
}

static void take_option(const struct trial *trial, struct descriptor *one, int level, int option,
                        int value)
{
    if (level == SOL_SOCKET && option == SO_PEEK_OFF) {
        one->peeks = true;
        one->peek_from = value < 0 ? LEDGER_PEEK_OFF : value;
        ledger_peek_from(trial->stage->ledger, incoming_of(one), one->peek_from);
    } else if (level == IPPROTO_TCP && option == TCP_REPAIR) {
        one->repair = value == 1;
    } else if (level == IPPROTO_TCP && option == TCP_REPAIR_QUEUE) {
        one->repair_queue = value;
    } else if (level == IPPROTO_TCP && option == TCP_ULP) {
        one->layered = true;
        excuse_both(trial, one, another_layer);
    } else if (level == IPPROTO_IP && option == IP_HDRINCL) {
        one->header = value != 0;
    }
}

void aside_option(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    const struct piece bytes = call->in.option.value.piece;
    int64_t name = call->in.option.name.number;
    struct descriptor *one = pending->descriptor;
    int value = 0;
    if (one == NULL || call->result != 0 || bytes.offset == 0)
        return;
    memcpy(&value, memory_at(trial, bytes), bytes.size < sizeof value ? bytes.size : sizeof value);
    take_option(trial, one, (int)(name >> 32), (int)name, value);
    const char *why = why_aside((int)(name >> 32), (int)name, value);
    if (why != NULL)
        excuse_messages(trial, pending, why);
    descriptor_share(trial, one);
}

/* True when a send carries the size of the segments that are to be made of it (udp(7)). */
static bool has_segments(const struct trial *trial, const struct call *call)
{
    struct piece control =
        call->verb == VERB_sendmsg ? call->in.message.control.piece : (struct piece){0, 0};
    struct msghdr message = {.msg_control = memory_at(trial, control),
                             .msg_controllen = control.offset != 0 ? control.size : 0};
    bool found = false;
    for (struct cmsghdr *one = CMSG_FIRSTHDR(&message); one != NULL && !found;
         one = CMSG_NXTHDR(&message, one))
        found = one->cmsg_level == IPPROTO_UDP && one->cmsg_type == UDP_SEGMENT;
    return found;
}

void aside_message(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    bool sctp = trial->variant->file->transport == TRANSPORT_SCTP;
    const char *why = NULL;
    if ((call->asked & MSG_MORE) != 0)
        why = corked;
    else if ((call->asked & MSG_PROXY) != 0)
        why = probed;
    else if (has_segments(trial, call))
        why = segmented;
    if (why != NULL && !sctp)
        excuse_messages(trial, pending, why);
}

/* --- connections --------------------------------------------------------------------------------
 */

void aside_connecting(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    const struct descriptor *one = pending->descriptor;
    const struct sockaddr_storage *to = memory_at(trial, call->in.socket.addr.piece);
    bool fresh = one != NULL && one->local.ss_family != 0 && one->peer.ss_family == 0;
    if (!fresh || call->in.socket.addr.piece.size < sizeof(struct sockaddr_in))
        return;
    ledger_joined(trial->stage->ledger, endpoint_stream(&one->local, to));
    ledger_joined(trial->stage->ledger, endpoint_stream(to, &one->local));
}

void aside_joined(struct trial *trial, struct descriptor *one, const struct sockaddr_storage *local,
                  const struct sockaddr_storage *peer)
{
    one->local = *local;
    one->peer = *peer;
    if (one->peeks)
        ledger_peek_from(trial->stage->ledger, incoming_of(one), one->peek_from);
    if (one->repair)
        excuse_both(trial, one, in_repair);
    if (one->layered)
        excuse_both(trial, one, another_layer);
    descriptor_share(trial, one);
}

void aside_sending(const struct trial *trial, const struct descriptor *one)
{
    if (one->repair)
        excuse_both(trial, one, in_repair);
}

void aside_opened(struct trial *trial, struct pending *pending, struct piece bytes)
{
    const struct call *call = pending_call(trial, pending);
    struct descriptor *one = pending->descriptor;
    bool opens = (call->asked & MSG_FASTOPEN) != 0 && call->local_size > 0 && one != NULL &&
                 one->peer.ss_family == 0 && (call->result >= 0 || call->error == EINPROGRESS);
    if (!opens)
        return;
    aside_joined(trial, one, &call->local, &call->from);
    pending->segment =
        ledger_sending(trial->stage->ledger, endpoint_stream(&one->local, &one->peer),
                       memory_at(trial, bytes), bytes.size, (call->asked & MSG_OOB) != 0);
}

/* Its bytes may be there before it ends. */
static bool opening(const struct trial *trial)
{
    bool found = false;
    for (int i = 0; i < OPEN_MAX && !found; i++) {
        const struct pending *one = &trial->calls.open[i];
        const struct call *call =
            one->slot >= 0 && !one->examined ? pending_call(trial, one) : NULL;
        found = call != NULL && (call->asked & MSG_FASTOPEN) != 0 &&
                verb_has(verb_get(call->verb), VERB_SENDS);
    }
    return found;
}

/* --- crafted segments ---------------------------------------------------------------------------
 */

static void note_crafted(struct trial *trial, unsigned from, unsigned to)
{
    struct crafted *crafted = &trial->crafted;
    if (crafted->count == CRAFTED_MAX)
        crafted->any = true;
    else
        crafted->flow[crafted->count++] = (struct crafted_flow){from, to};
}

/* The IP header that the kernel makes for such a segment, as far as it matters here. */
static void put_header(uint8_t *header, int protocol, size_t size)
{
    header[0] = 0x45;
    header[2] = (uint8_t)(size >> 8);
    header[3] = (uint8_t)size;
    header[9] = (uint8_t)protocol;
}

/* The packet in what a raw or a packet socket sent: a frame, a packet, or a segment. */
static bool parse_sent(const struct trial *trial, const struct descriptor *one, struct piece piece,
                       struct packet *packet)
{
    bool packets = one->domain == AF_PACKET;
    bool framed = packets && one->type == SOCK_RAW;
    bool whole = packets || one->header || one->protocol == IPPROTO_RAW;
    size_t before = framed ? 0 : ETHER_HEADER + (whole ? 0 : IP_HEADER);
    size_t size = before + piece.size;
    const uint8_t *bytes = memory_at(trial, piece);
    if ((!packets && one->type != SOCK_RAW) || piece.size == 0 || size > PACKET_MAX)
        return false;
    uint8_t *frame = arena_alloc(trial->arena, size);
    bool six = whole && bytes[0] >> 4 == 6;
    memset(frame, 0, before);
    memcpy(frame + before, bytes, piece.size);
    if (!framed) {
        frame[12] = six ? 0x86 : 0x08;
        frame[13] = six ? 0xdd : 0x00;
    }
    if (!framed && !whole)
        put_header(frame + ETHER_HEADER, one->protocol, IP_HEADER + piece.size);
    return packet_parse(packet, frame, size);
}

void aside_said(struct trial *trial, const struct packet *packet)
{
    bool tcp = packet->protocol == IPPROTO_TCP;
    /* Fragments have ports in the first only, and may come to anything. */
    if (tcp && (packet->fragment || packet->more_fragments))
        trial->crafted.any = true;
    else if (tcp && packet->payload_size > 0)
        note_crafted(trial, packet->source_port, packet->destination_port);
}

void aside_crafted(struct trial *trial, const struct pending *pending, struct piece piece)
{
    struct packet packet;
    if (parse_sent(trial, pending->descriptor, piece, &packet))
        aside_said(trial, &packet);
}

struct crafted_segment aside_segment(const struct trial *trial, const struct pending *pending,
                                     struct piece bytes)
{
    struct crafted_segment out = {.known = false};
    struct packet packet;
    if (pending->descriptor == NULL || bytes.offset == 0 ||
        !parse_sent(trial, pending->descriptor, bytes, &packet) || packet.fragment ||
        (packet.protocol != IPPROTO_TCP && packet.protocol != IPPROTO_SCTP))
        return out;
    out.known = true;
    out.source = packet.source_port;
    out.destination = packet.destination_port;
    out.reset = packet_has_kind(&packet, "rst");
    return out;
}

static bool is_crafted(const struct crafted *crafted, const struct descriptor *one)
{
    unsigned from = endpoint_port(&one->peer), to = endpoint_port(&one->local);
    bool found = crafted->any;
    for (size_t i = 0; i < crafted->count && !found; i++)
        found = crafted->flow[i].from == from && crafted->flow[i].to == to;
    return found;
}

/* --- received -----------------------------------------------------------------------------------
 */

/* No step of the case sends on that stream, in a case that has programs. */
static bool from_program(const struct trial *trial, uint64_t stream)
{
    return trial->variant->file->subject == SUBJECT_PROGRAM &&
           !ledger_carries(trial->stage->ledger, stream);
}

bool aside_look(struct trial *trial, const struct pending *pending, uint64_t stream)
{
    const struct descriptor *one = pending->descriptor;
    const struct call *call = pending_call(trial, pending);
    struct ledger *ledger = trial->stage->ledger;
    bool peeks = (call->asked & MSG_PEEK) != 0;
    if (stream != 0 && from_program(trial, stream))
        ledger_excuse(ledger, stream, "what a program sends, no step says");
    if (stream != 0 && is_crafted(&trial->crafted, one))
        ledger_excuse(ledger, stream, "crafted segments carried bytes into the stream");
    if (stream != 0 && opening(trial))
        ledger_excuse(ledger, stream, "a send with MSG_FASTOPEN is still open");
    if (peeks && one->repair && one->repair_queue == SEND_QUEUE)
        aside_say(trial, pending, "the peek looked at the socket's own send queue (TCP_REPAIR)");
    else if (peeks && call->calls > 1 && !ledger_peeks_on(ledger, stream))
        aside_say(trial, pending, "several peeks in one step show the same bytes again");
    else
        return true;
    return false;
}
