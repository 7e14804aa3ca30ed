#include "run/room.h"

#include "run/endpoint.h"
#include "run/opened.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/time.h>

enum { FILL_MAX = 32 << 20, EACH_ROOM = 65536, EVENTS_ROOM = 64 };

/* From this size on a pattern is made piece by piece. */
#define LONG_FROM ((size_t)16 << 20)

struct piece room_new(struct trial *trial, size_t size)
{
    struct piece piece = shared_alloc(trial->stage->shared, size);
    if (piece.offset == 0)
        trial_broken(trial, "the case moves more data than a worker has room for (%zu bytes more)",
                     size);
    return piece;
}

void *room_at(const struct trial *trial, struct piece piece)
{
    return shared_at(trial->stage->shared, piece);
}

bool room_made(const struct opened *opened, size_t size)
{
    const struct descriptor *one = opened->descriptor;
    return size >= LONG_FROM && opened->group == NULL && one != NULL && !one->message;
}

static struct piece pattern_piece(struct trial *trial, size_t size, struct opened *opened)
{
    struct piece piece = room_new(trial, size);
    if (piece.offset != 0)
        pattern_write(opened_sends(opened), room_at(trial, piece), size);
    return piece;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Room for what recv_all receives; a window, where a long pattern comes whose bytes no expectation
   of the step wants to see. */
static void receive_room(struct trial *trial, const struct step *step, const struct opened *opened,
                         struct call *call)
{
    const struct descriptor *one = opened->descriptor;
    size_t size = (size_t)call->arg[0].number;
    bool made = room_made(opened, size) && call->arg[1].number == 0 &&
                step->expect[EXPECT_data] == NULL &&
                ledger_made(trial->stage->ledger, endpoint_stream(&one->peer, &one->local), size,
                            &call->made);
    call->out = room_new(trial, made ? PATTERN_BLOCK : size);
    if (made)
        call->out2 = room_new(trial, PATTERN_BLOCK);
}

void room_resolve(struct trial *trial, const struct step *step, struct opened *opened,
                  struct call *call)
{
    switch (call->verb) {
    case VERB_recv:
    case VERB_sctp_recvv:
    case VERB_recvfrom:
    case VERB_read:
    case VERB_splice_recv:
        call->out = room_new(trial, (size_t)call->arg[0].number);
        break;
    case VERB_recv_all:
        receive_room(trial, step, opened, call);
        break;
    case VERB_recv_until:
        call->out =
            room_new(trial, step->param[1] != NULL ? (size_t)call->arg[1].number : EACH_ROOM);
        break;
    case VERB_recv_each:
        if (step->param[1] == NULL)
            call->arg[1].number = EACH_ROOM;
        call->out = room_new(trial, (size_t)(call->arg[0].number * call->arg[1].number));
        call->out2 = room_new(trial, (size_t)call->arg[0].number * sizeof(uint64_t));
        break;
    case VERB_recvmmsg:
        call->out = room_new(trial, (size_t)(call->arg[0].number * call->arg[1].number));
        call->out2 = room_new(trial, (size_t)call->arg[0].number * sizeof(uint64_t));
        break;
    case VERB_socketpair:
        call->out = room_new(trial, 2 * sizeof(int));
        break;
    case VERB_sendfile:
        call->out = room_new(trial, sizeof(int64_t));
        break;
    case VERB_recvmsg:
        call->out2 = room_new(trial, (size_t)call->arg[1].number);
        break;
    case VERB_epoll_wait:
        call->out = room_new(trial, EVENTS_ROOM * sizeof(struct epoll_event));
        break;
    case VERB_getsockopt:
        call->out = room_new(trial, OPTION_ROOM);
        if (step->param[1] != NULL && call->out.offset != 0)
            memcpy(room_at(trial, call->out), room_at(trial, call->arg[1].piece),
                   call->arg[1].piece.size);
        break;
    case VERB_ioctl:
        call->out = room_new(trial, sizeof(struct timeval)); /* the largest that a request gives */
        break;
    case VERB_send_each:
        call->arg[3].piece =
            pattern_piece(trial, (size_t)(call->arg[0].number * call->arg[1].number), opened);
        break;
    case VERB_fill:
        call->arg[3].piece =
            pattern_piece(trial, smaller((size_t)call->arg[0].number * 1024, FILL_MAX), opened);
        break;
    default:
        break; /* nothing beyond the parameters */
    }
}
