#include "trial/memory.h"

#include "trial/endpoint.h"
#include "trial/pending.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/time.h>

enum { FILL_MAX = 32 << 20, EACH_ROOM = 65536, EVENTS_ROOM = 64 };

/* From this size on a pattern is made piece by piece. */
#define LONG_FROM ((size_t)16 << 20)

struct piece memory_new(struct trial *trial, size_t size)
{
    struct piece piece = shared_alloc(trial->stage->shared, size);
    if (piece.offset == 0)
        trial_broken(trial, "the case moves more data than a worker has room for (%zu bytes more)",
                     size);
    return piece;
}

void *memory_at(const struct trial *trial, struct piece piece)
{
    return shared_at(trial->stage->shared, piece);
}

bool memory_made(const struct pending *pending, size_t size)
{
    const struct descriptor *one = pending->descriptor;
    return size >= LONG_FROM && pending->group == NULL && one != NULL && !one->message;
}

static struct piece pattern_piece(struct trial *trial, size_t size, struct pending *pending)
{
    struct piece piece = memory_new(trial, size);
    if (piece.offset != 0)
        pattern_write(pending_sends(pending), memory_at(trial, piece), size);
    return piece;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Room for what recv_all receives; a window, where a long pattern comes whose bytes no expectation
   of the step wants to see. */
static void receive_room(struct trial *trial, const struct step *step,
                         const struct pending *pending, struct call *call)
{
    const struct descriptor *one = pending->descriptor;
    size_t size = (size_t)call->arg[0].number;
    bool made = memory_made(pending, size) && call->arg[1].number == 0 &&
                step->expect[EXPECT_data] == NULL &&
                ledger_made(trial->stage->ledger, endpoint_stream(&one->peer, &one->local), size,
                            &call->made);
    call->out = memory_new(trial, made ? PATTERN_BLOCK : size);
    if (made)
        call->out2 = memory_new(trial, PATTERN_BLOCK);
}

void memory_resolve(struct trial *trial, const struct step *step, struct pending *pending,
                    struct call *call)
{
    switch (call->verb) {
    case VERB_recv:
    case VERB_sctp_recvv:
    case VERB_recvfrom:
    case VERB_read:
    case VERB_splice_recv:
        call->out = memory_new(trial, (size_t)call->arg[0].number);
        break;
    case VERB_recv_all:
        receive_room(trial, step, pending, call);
        break;
    case VERB_recv_until:
        call->out =
            memory_new(trial, step->param[1] != NULL ? (size_t)call->arg[1].number : EACH_ROOM);
        break;
    case VERB_recv_each:
        if (step->param[1] == NULL)
            call->arg[1].number = EACH_ROOM;
        call->out = memory_new(trial, (size_t)(call->arg[0].number * call->arg[1].number));
        call->out2 = memory_new(trial, (size_t)call->arg[0].number * sizeof(uint64_t));
        break;
    case VERB_recvmmsg:
        call->out = memory_new(trial, (size_t)(call->arg[0].number * call->arg[1].number));
        call->out2 = memory_new(trial, (size_t)call->arg[0].number * sizeof(uint64_t));
        break;
    case VERB_socketpair:
        call->out = memory_new(trial, 2 * sizeof(int));
        break;
    case VERB_sendfile:
        call->out = memory_new(trial, sizeof(int64_t));
        break;
    case VERB_recvmsg:
        call->out2 = memory_new(trial, (size_t)call->arg[1].number);
        break;
    case VERB_epoll_wait:
        call->out = memory_new(trial, EVENTS_ROOM * sizeof(struct epoll_event));
        break;
    case VERB_getsockopt:
        call->out = memory_new(trial, OPTION_ROOM);
        if (step->param[1] != NULL && call->out.offset != 0)
            memcpy(memory_at(trial, call->out), memory_at(trial, call->arg[1].piece),
                   call->arg[1].piece.size);
        break;
    case VERB_ioctl:
        call->out =
            memory_new(trial, sizeof(struct timeval)); /* the largest that a request gives */
        break;
    case VERB_send_each:
        call->arg[3].piece =
            pattern_piece(trial, (size_t)(call->arg[0].number * call->arg[1].number), pending);
        break;
    case VERB_fill:
        call->arg[3].piece =
            pattern_piece(trial, smaller((size_t)call->arg[0].number * 1024, FILL_MAX), pending);
        break;
    default:
        break; /* nothing beyond the parameters */
    }
}
