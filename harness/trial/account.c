#include "trial/account.h"

#include "trial/endpoint.h"
#include "trial/outcome.h"
#include "trial/pending.h"
#include "verb/kind.h"

#include <netinet/in.h>
#include <string.h>

/* The flags argument stands where the verb's table puts it. */
static int flags_of(const struct call *call)
{
    const struct verb *verb = verb_get(call->verb);
    int flags = 0;
    for (size_t i = 0; i < verb->param_count; i++)
        if (verb->params[i].type == TYPE_MSG_FLAGS)
            flags = (int)call->arg[i].number;
    return flags;
}

/* Where the bytes of a sending call lie; a gathered one's pieces were laid end to end. */
static struct piece sent_piece(const struct call *call)
{
    bool looped = call->verb == VERB_send_each || call->verb == VERB_fill;
    struct piece piece = call->arg[looped ? 3 : 0].piece;
    if (kind_gathers(call->verb))
        piece = call->arg[4].piece;
    if (call->verb == VERB_sendfile && call->arg[1].number > 0) { /* from there on */
        uint64_t skipped = (uint64_t)call->arg[1].number;
        skipped = skipped < piece.size ? skipped : piece.size;
        piece = (struct piece){piece.offset + skipped, piece.size - skipped};
    }
    return piece;
}

void account_begin(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    const struct descriptor *one = pending->descriptor;
    if (!kind_sends(call->verb) || one == NULL || one->message)
        return;
    struct piece piece = sent_piece(call);
    if (call->made.key != 0)
        pending->segment =
            ledger_sending_made(trial->stage->ledger, endpoint_stream(&one->local, &one->peer),
                                &call->made, piece.size);
    else
        pending->segment =
            ledger_sending(trial->stage->ledger, endpoint_stream(&one->local, &one->peer),
                           shared_at(trial->stage->shared, piece), piece.size,
                           (flags_of(call) & MSG_OOB) != 0 && !one->inline_urgent);
}

/* The SCTP stream of a message that keeps its order, or -1. */
static int stream_of(const struct trial *trial, const struct call *call)
{
    const struct stack_sctp *sctp = trial->stage->stack->sctp;
    int stream = trial->variant->file->transport == TRANSPORT_SCTP ? 0 : -1;
    const struct sctp_constant *unordered =
        stream == 0 && sctp != NULL ? sctp_constant_find(sctp->dialect, "SCTP_UNORDERED") : NULL;
    if (call->verb == VERB_sctp_sendv)
        stream = unordered != NULL && (call->arg[3].number & unordered->value) != 0
                     ? -1
                     : (int)call->arg[1].number;
    return stream;
}

static void sent_messages(struct trial *trial, const struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    int sender = cast_index(&trial->stage->cast, pending->member);
    const struct piece piece = sent_piece(call);
    const uint8_t *bytes = shared_at(trial->stage->shared, piece);
    int stream = stream_of(trial, call);
    if (call->verb == VERB_sendmmsg) {
        const struct piece *pieces = shared_at(trial->stage->shared, call->arg[0].piece);
        for (int64_t i = 0; i < call->result; i++)
            ledger_message_sent(trial->stage->ledger, sender, stream,
                                shared_at(trial->stage->shared, pieces[i]), pieces[i].size);
    } else if (call->verb == VERB_send_each) {
        size_t size = (size_t)call->arg[1].number;
        for (int64_t i = 0; i < call->result; i++)
            ledger_message_sent(trial->stage->ledger, sender, stream, bytes + (size_t)i * size,
                                size);
    } else if (call->result >= 0) {
        ledger_message_sent(trial->stage->ledger, sender, stream, bytes, piece.size);
    }
}

/* What stands before a message in a raw IPv4 socket's buffer (raw(7)). */
static size_t header_size(const struct trial *trial, const uint8_t *bytes, size_t size)
{
    enum transport transport = trial->variant->file->transport;
    bool raw = transport == TRANSPORT_RAW || transport == TRANSPORT_ICMP;
    size_t header =
        raw && trial->variant->family == AF_INET && size >= 20 ? (size_t)(bytes[0] & 15) * 4 : 0;
    return header < size ? header : 0;
}

/* An event of the association, or its end: nothing that the peer sent. */
static bool tells(const struct trial *trial, const struct call *call)
{
    bool sctp = trial->variant->file->transport == TRANSPORT_SCTP;
    return sctp && (call->result == 0 || (call->flags & MSG_NOTIFICATION) != 0);
}

static void received_messages(struct trial *trial, const struct pending *pending)
{
    struct call *call = pending_call(trial, pending);
    struct ledger *ledger = trial->stage->ledger;
    int receiver = cast_index(&trial->stage->cast, pending->member);
    const uint8_t *bytes = shared_at(trial->stage->shared, call->out);
    bool peeks = (flags_of(call) & (MSG_PEEK | MSG_ERRQUEUE)) != 0;
    if (call->verb == VERB_recv_each || call->verb == VERB_recvmmsg) {
        const uint64_t *sizes = shared_at(trial->stage->shared, call->out2);
        call->arg[4].piece = shared_alloc(trial->stage->shared, call->size2 * sizeof(int64_t));
        int64_t *numbers = shared_at(trial->stage->shared, call->arg[4].piece);
        for (uint64_t i = 0; i < call->size2 && numbers != NULL; bytes += sizes[i++])
            numbers[i] = ledger_message_received(ledger, receiver, bytes, sizes[i]);
    } else if (call->result >= 0 && !peeks && !tells(trial, call)) {
        size_t header = header_size(trial, bytes, call->size);
        /* A truncated message is known by what is left of it; the rest was asked away. */
        if ((uint64_t)call->result <= call->size)
            ledger_message_received(ledger, receiver, bytes + header, call->size - header);
    }
}

static void check_stream(struct trial *trial, struct pending *pending)
{
    struct call *call = pending_call(trial, pending);
    const struct descriptor *one = pending->descriptor;
    int flags = flags_of(call);
    if ((flags & MSG_TRUNC) != 0 && (flags & MSG_PEEK) == 0 && call->result > 0)
        ledger_skipped(trial->stage->ledger, endpoint_stream(&one->peer, &one->local),
                       (uint64_t)call->result); /* thrown away unread (tcp(7)) */
    /* What a program sends, no step says. */
    if ((flags & (MSG_OOB | MSG_TRUNC | MSG_ERRQUEUE)) != 0 || call->size == 0 ||
        trial->variant->file->subject == SUBJECT_PROGRAM)
        return;
    uint64_t stream = endpoint_stream(&one->peer, &one->local);
    struct divergence found =
        call->made.key != 0
            ? ledger_compared(trial->stage->ledger, stream, call->size, call->agreed, call->odd)
            : ledger_received(trial->stage->ledger, stream,
                              shared_at(trial->stage->shared, call->out), call->size,
                              (flags & MSG_PEEK) != 0);
    if (found.diverged)
        trial_fail(trial, NULL, "stream-diverged", "data",
                   found.expected < 0
                       ? trial_text(trial, "nothing behind stream byte %llu: no more was sent",
                                    (unsigned long long)found.offset)
                       : trial_text(trial, "stream byte %llu = 0x%02x, as it was sent",
                                    (unsigned long long)found.offset, (unsigned)found.expected),
                   trial_text(trial, "0x%02x", (unsigned)found.observed));
}

/* The bytes of a stream that a call has sent; sendmmsg tells messages. */
static size_t sent_bytes(const struct call *call)
{
    size_t bytes = call->verb == VERB_sendmmsg ? call->size : 0;
    if (call->verb != VERB_sendmmsg && call->result > 0)
        bytes = (size_t)call->result;
    return bytes;
}

void account_end(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    const struct descriptor *one = pending->descriptor;
    if (one == NULL)
        return;
    if (kind_sends(call->verb) && one->message)
        sent_messages(trial, pending);
    else if (kind_sends(call->verb) && pending->segment >= 0)
        ledger_sent(trial->stage->ledger, pending->segment, sent_bytes(call));
    else if (kind_receives(call->verb) && one->message)
        received_messages(trial, pending);
    else if (kind_receives(call->verb))
        check_stream(trial, pending);
}

/* A raw IPv6 socket gives no header (RFC 3542, 3): one is put in front, so that the packet can
   be taken apart and its checksum checked. */
static size_t header6(const struct trial *trial, const struct pending *pending, uint8_t *out,
                      size_t size)
{
    const struct call *call = pending_call(trial, pending);
    const struct in6_addr *own = &trial->stage->address[pending->member->side][1];
    bool icmp = trial->variant->file->transport == TRANSPORT_ICMP;
    struct in6_addr from = endpoint_address(&call->from);
    memset(out, 0, 40);
    out[0] = 0x60;
    out[4] = (uint8_t)(size >> 8);
    out[5] = (uint8_t)size;
    out[6] = icmp ? IPPROTO_ICMPV6 : 253; /* RFC 3692: for experiments */
    out[7] = 64;
    memcpy(out + 8, &from, 16);
    memcpy(out + 24, own, 16);
    return 40;
}

bool account_packet(const struct trial *trial, const struct pending *pending, uint8_t *buffer,
                    size_t capacity, struct packet *packet)
{
    size_t size = 0;
    const uint8_t *bytes = outcome_bytes(trial, pending, &size);
    bool six = trial->variant->family == AF_INET6;
    size_t at = ETHER_HEADER;
    if (bytes == NULL || at + 40 + size > capacity)
        return false;
    memset(buffer, 0, ETHER_HEADER);
    buffer[12] = six ? 0x86 : 0x08;
    buffer[13] = six ? 0xdd : 0x00;
    if (six)
        at += header6(trial, pending, buffer + at, size);
    memcpy(buffer + at, bytes, size);
    return packet_parse(packet, buffer, at + size);
}
