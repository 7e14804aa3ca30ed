/* SPDX-License-Identifier: MIT */
#include "trial/account.h"

#include "trial/aside.h"
#include "trial/endpoint.h"
#include "trial/found.h"
#include "trial/memory.h"
#include "trial/pending.h"

#include <netinet/in.h>
#include <string.h>

/* --- sent ---------------------------------------------------------------------------------- */

bool account_messages(const struct pending *pending)
{
    return pending->descriptor != NULL && pending->descriptor->message;
}

/* Such a send makes the connection that its bytes go into: until it has ended that has no name. */
static bool opens(const struct call *call, const struct descriptor *one)
{
    return (call->asked & MSG_FASTOPEN) != 0 && one->peer.ss_family == 0;
}

/* One system call, whose last byte is the urgent one. */
static bool one_send(enum verb_id verb)
{
    return verb == VERB_send || verb == VERB_sendto || verb == VERB_sendmsg;
}

void account_begin(struct trial *trial, struct pending *pending, const struct account *account)
{
    const struct call *call = pending_call(trial, pending);
    const struct descriptor *one = pending->descriptor;
    if (verb_has(verb_get(call->verb), VERB_CONNECTS))
        aside_connecting(trial, pending);
    if (account->bytes == NULL || one == NULL || one->message || opens(call, one))
        return;
    struct piece piece = account->bytes(call);
    aside_sending(trial, one);
    if ((call->asked & MSG_OOB) != 0 && !one_send(call->verb))
        ledger_excuse(trial->stage->ledger, endpoint_stream(&one->local, &one->peer),
                      "urgent bytes in the middle of what a step sends");
    if (call->made.key != 0)
        pending->segment =
            ledger_sending_made(trial->stage->ledger, endpoint_stream(&one->local, &one->peer),
                                &call->made, piece.size);
    else
        pending->segment =
            ledger_sending(trial->stage->ledger, endpoint_stream(&one->local, &one->peer),
                           memory_at(trial, piece), piece.size, (call->asked & MSG_OOB) != 0);
}

void account_stream_sent(struct trial *trial, struct pending *pending, struct piece bytes,
                         size_t accepted)
{
    if (pending->segment < 0)
        aside_opened(trial, pending, bytes);
    if (pending->segment >= 0)
        ledger_sent(trial->stage->ledger, pending->segment, accepted);
}

void account_message_on(struct trial *trial, struct pending *pending, struct piece message,
                        int stream)
{
    int sender = cast_index(&trial->stage->cast, pending->member);
    aside_message(trial, pending);
    ledger_message_sent(trial->stage->ledger, sender, stream, memory_at(trial, message),
                        message.size);
}

void account_message_sent(struct trial *trial, struct pending *pending, struct piece message)
{
    bool sctp = trial->variant->file->transport == TRANSPORT_SCTP;
    account_message_on(trial, pending, message, sctp ? 0 : -1);
}

void account_sent(struct trial *trial, struct pending *pending, struct piece bytes)
{
    int64_t result = pending_call(trial, pending)->result;
    if (!account_messages(pending))
        account_stream_sent(trial, pending, bytes, result > 0 ? (size_t)result : 0);
    else if (result >= 0)
        account_message_sent(trial, pending, bytes);
    if (account_messages(pending) && result >= 0)
        aside_crafted(trial, pending, bytes);
}

/* --- received ------------------------------------------------------------------------------ */

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

/* A truncated message is known by what is left of it, the rest was asked away: with MSG_TRUNC the
   call tells how long it was, without it one that fills the room may have been longer. What SCTP
   has left of a message comes with the next call. */
static struct message_part part_of(const struct trial *trial, const struct call *call,
                                   const uint8_t *bytes)
{
    bool sctp = trial->variant->file->transport == TRANSPORT_SCTP;
    size_t header = header_size(trial, bytes, call->size);
    size_t whole = (uint64_t)call->result > call->size ? (size_t)call->result : call->size;
    bool fills = whole == call->size && call->size == call->out.size && !sctp;
    return (struct message_part){bytes + header, call->size - header, whole - header,
                                 fills ? SIZE_MAX : whole - header};
}

static void received_message(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    const uint8_t *bytes = memory_at(trial, call->out);
    bool peeks = (call->asked & (MSG_PEEK | MSG_ERRQUEUE)) != 0;
    if (call->result < 0 || peeks || tells(trial, call))
        return;
    ledger_message_received(trial->stage->ledger, cast_index(&trial->stage->cast, pending->member),
                            part_of(trial, call, bytes));
}

/* What was held against the ledger: it fails, or nobody judges it. */
static void say(struct trial *trial, const struct pending *pending, const struct divergence *found)
{
    if (found->excuse != NULL)
        aside_say(trial, pending, found->excuse);
    if (!found->diverged)
        return;
    trial_event(
        trial, "found", pending->member->name,
        trial_text(trial, "the stream diverges at byte %llu", (unsigned long long)found->offset),
        json_pack("{s:I, s:i, s:i}", "diverged", (json_int_t)found->offset, "sent", found->expected,
                  "received", found->observed));
    found_diverged(&trial->judgement, found->offset, found->expected, found->observed);
}

/* Several messages of one call that peeks begin at the same place. */
static void look_at_each(struct trial *trial, const struct pending *pending, uint64_t stream,
                         const uint8_t *bytes)
{
    const struct call *call = pending_call(trial, pending);
    const uint64_t *sizes = memory_at(trial, call->sizes);
    for (uint64_t i = 0; i < call->size_count && trial_good(trial); bytes += sizes[i++]) {
        struct divergence found =
            ledger_received(trial->stage->ledger, stream, bytes, sizes[i], true);
        say(trial, pending, &found);
    }
}

static void look_at_stream(struct trial *trial, const struct pending *pending, uint64_t stream)
{
    const struct call *call = pending_call(trial, pending);
    const uint8_t *bytes = shared_at(trial->stage->shared, call->out);
    bool peeks = (call->asked & MSG_PEEK) != 0;
    struct divergence found = {.excuse = NULL};
    if (peeks && call->verb == VERB_recvmmsg)
        look_at_each(trial, pending, stream, bytes);
    else if (call->made.key != 0)
        found = ledger_compared(trial->stage->ledger, stream, call->size, call->agreed, call->odd);
    else if ((call->asked & MSG_OOB) != 0)
        found = ledger_urgent(trial->stage->ledger, stream, bytes[0]);
    else
        found = ledger_received(trial->stage->ledger, stream, bytes, call->size, peeks);
    say(trial, pending, &found);
    if (call->verb == VERB_splice_recv)
        ledger_peek_from(trial->stage->ledger, stream, LEDGER_PEEK_UNKNOWN);
}

static void check_stream(struct trial *trial, struct pending *pending)
{
    const struct call *call = pending_call(trial, pending);
    const struct descriptor *one = pending->descriptor;
    uint64_t stream = endpoint_stream(&one->peer, &one->local);
    if (call->size == 0 || (call->asked & MSG_ERRQUEUE) != 0)
        return;
    if ((call->asked & (MSG_TRUNC | MSG_PEEK)) == MSG_TRUNC) /* thrown away unread (tcp(7)) */
        ledger_skipped(trial->stage->ledger, stream, call->size);
    else if ((call->asked & MSG_TRUNC) != 0) /* looked at by nobody, and peeks move on */
        ledger_peeked(trial->stage->ledger, stream, call->size);
    else if (aside_look(trial, pending, stream))
        look_at_stream(trial, pending, stream);
}

void account_received(struct trial *trial, struct pending *pending)
{
    if (pending->descriptor == NULL)
        return;
    if (pending->descriptor->message)
        received_message(trial, pending);
    else
        check_stream(trial, pending);
}

/* Of the messages of a recvmmsg, what each has room for. */
static uint64_t room_of_each(const struct call *call)
{
    return (uint64_t)call->in.message.len.number;
}

void account_received_many(struct trial *trial, struct pending *pending)
{
    struct call *call = pending_call(trial, pending);
    if (!account_messages(pending)) {
        account_received(trial, pending);
        return;
    }
    int receiver = cast_index(&trial->stage->cast, pending->member);
    const uint8_t *bytes = memory_at(trial, call->out);
    const uint64_t *sizes = memory_at(trial, call->out2);
    call->numbers = memory_many(trial, (int64_t)call->size2, sizeof(int64_t));
    int64_t *numbers = memory_at(trial, call->numbers);
    bool peeks = (call->asked & (MSG_PEEK | MSG_ERRQUEUE)) != 0;
    for (uint64_t i = 0; i < call->size2 && numbers != NULL; bytes += sizes[i++]) {
        bool fills = call->verb == VERB_recvmmsg && sizes[i] == room_of_each(call);
        struct message_part part = {bytes, sizes[i], sizes[i], fills ? SIZE_MAX : sizes[i]};
        numbers[i] = peeks ? ledger_message_seen(trial->stage->ledger, receiver, part)
                           : ledger_message_received(trial->stage->ledger, receiver, part);
    }
}

const uint8_t *account_bytes(const struct trial *trial, const struct pending *pending, size_t *size)
{
    const struct call *call = pending_call(trial, pending);
    bool receives = (verb_get(call->verb)->outs & (OUT_data | OUT_messages)) != 0 &&
                    call->made.key == 0; /* those lie nowhere */
    *size = receives ? call->size : 0;
    return receives ? shared_at(trial->stage->shared, call->out) : NULL;
}

/* --- packets ------------------------------------------------------------------------------- */

/* What the case's raw sockets are for where no step says it (RFC 3692: 253, for experiments). */
static uint8_t protocol6(const struct trial *trial, const struct descriptor *one)
{
    bool icmp = trial->variant->file->transport == TRANSPORT_ICMP;
    int protocol = one != NULL ? one->protocol : 0;
    return protocol != 0 ? (uint8_t)protocol : icmp ? IPPROTO_ICMPV6 : 253;
}

/* A raw IPv6 socket gives no header (RFC 3542, 3): one is put in front, so that the packet can
   be taken apart and its checksum checked. */
static size_t header6(const struct trial *trial, const struct pending *pending, uint8_t *out,
                      size_t size)
{
    const struct in6_addr *own = &trial->stage->address[pending->member->side][1];
    struct in6_addr from = endpoint_address(&pending_call(trial, pending)->from);
    memset(out, 0, 40);
    out[0] = 0x60;
    out[4] = (uint8_t)(size >> 8);
    out[5] = (uint8_t)size;
    out[6] = protocol6(trial, pending->descriptor);
    out[7] = 64;
    memcpy(out + 8, &from, 16);
    memcpy(out + 24, own, 16);
    return 40;
}

/* The family of what a socket receives: a packet socket's is that of the packet (packet(7)). */
static int family_of(const struct trial *trial, const struct descriptor *one, const uint8_t *bytes,
                     size_t size)
{
    int domain = one != NULL ? one->domain : 0;
    if (domain == AF_PACKET)
        return size > 0 && bytes[0] >> 4 == 6 ? AF_INET6 : AF_INET;
    return domain == AF_INET || domain == AF_INET6 ? domain : trial->variant->family;
}

/* The frame of what a socket without a link header received. */
static uint8_t *framed(const struct trial *trial, const struct pending *pending,
                       const uint8_t *bytes, size_t *size, bool *headless)
{
    const struct descriptor *one = pending->descriptor;
    int family = family_of(trial, one, bytes, *size);
    uint8_t *frame = arena_alloc(trial->arena, ETHER_HEADER + 40 + *size);
    size_t at = ETHER_HEADER;
    frame[12] = family == AF_INET6 ? 0x86 : 0x08;
    frame[13] = family == AF_INET6 ? 0xdd : 0x00;
    *headless = family == AF_INET6 && (one == NULL || one->domain != AF_PACKET);
    if (*headless)
        at += header6(trial, pending, frame + at, *size);
    memcpy(frame + at, bytes, *size);
    *size += at;
    return frame;
}

bool account_packet(const struct trial *trial, const struct pending *pending, struct packet *packet)
{
    const struct descriptor *one = pending->descriptor;
    bool link = one != NULL && one->domain == AF_PACKET && one->type == SOCK_RAW;
    bool headless = false;
    size_t size = 0;
    const uint8_t *bytes = account_bytes(trial, pending, &size);
    if (bytes == NULL || size > PACKET_MAX + ETHER_HEADER)
        return false;
    const uint8_t *frame = link ? bytes : framed(trial, pending, bytes, &size, &headless);
    bool whole = packet_parse(packet, frame, size);
    packet->headless = headless;
    return whole;
}
