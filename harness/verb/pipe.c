/* SPDX-License-Identifier: MIT */
/* The verbs that move data between a socket and a file or a pipe, without a buffer of the
 * program's. */
#include "trial/memory.h"
#include "trial/pending.h"
#include "verb/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static int file_of(const void *data, size_t size)
{
    int file = memfd_create("sockproof", MFD_CLOEXEC);
    if (file >= 0 && pwrite(file, data, size, 0) != (ssize_t)size) {
        close(file);
        file = -1;
    }
    return file;
}

static void prepare_sendfile(const struct preparation *p)
{
    struct pipe_in *in = &p->call->in.pipe;
    if (p->step->param[1] == NULL)
        in->offset.number = -1;
    if (p->step->param[2] == NULL)
        in->count.number = (int64_t)in->file.piece.size;
    p->call->out = memory_new(p->trial, sizeof(int64_t));
}

/* With an offset the file's own position stays; out keeps what the offset became (sendfile(2)). */
static int64_t perform_sendfile(struct act *act)
{
    const struct piece data = act->call->in.pipe.file.piece;
    int64_t *after = shared_at(act->actor->shared, act->call->out);
    off_t offset = (off_t)act->call->in.pipe.offset.number;
    struct meeting meeting =
        gate_moving(act, POINT_sendfile, (size_t)act->call->in.pipe.count.number, 0);
    int64_t result = -1;
    int file = file_of(act_bytes(act, &act->call->in.pipe.file), data.size);
    if (file >= 0) {
        result = GATED(
            act, &meeting,
            act->stack->sendfile(act->call->fd, file, offset < 0 ? NULL : &offset, meeting.left));
        int error = errno;
        *after = offset < 0 ? lseek(file, 0, SEEK_CUR) : offset;
        act->call->size = sizeof *after;
        close(file);
        errno = error;
    }
    return result;
}

/* What may reach the peer: the file from the offset on. */
static struct piece sendfile_bytes(const struct call *call)
{
    struct piece piece = call->in.pipe.file.piece;
    if (call->in.pipe.offset.number > 0) {
        uint64_t skipped = (uint64_t)call->in.pipe.offset.number;
        skipped = skipped < piece.size ? skipped : piece.size;
        piece = (struct piece){piece.offset + skipped, piece.size - skipped};
    }
    return piece;
}

static void end_sendfile(struct trial *trial, struct pending *pending)
{
    account_sent(trial, pending, sendfile_bytes(pending_call(trial, pending)));
}

/* Where the offset stands now. */
static json_t *value_sendfile(const struct trial *trial, const struct call *call)
{
    const int64_t *after = memory_at(trial, call->out);
    return call->result >= 0 ? json_integer(*after) : NULL;
}

static const struct account account_sendfile = {sendfile_bytes, end_sendfile};

OPS(sendfile, prepare_sendfile, perform_sendfile, any_success, &account_sendfile, value_sendfile);

/* A pipe with room for size bytes; both ends are the caller's. 0, or -1 with errno. */
static int pipe_for(size_t size, int ends[2])
{
    int result = pipe2(ends, O_CLOEXEC);
    if (result == 0 && size > 65536 && fcntl(ends[1], F_SETPIPE_SZ, (int)size) < 0) {
        int error = errno;
        close(ends[0]);
        close(ends[1]);
        errno = error;
        result = -1;
    }
    return result;
}

static void close_pipe(const int ends[2])
{
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    errno = error;
}

static int64_t perform_splice_send(struct act *act)
{
    size_t size = act->call->in.pipe.data.piece.size;
    int ends[2];
    int64_t result = -1;
    struct meeting meeting = gate_moving(act, POINT_splice, size, 0);
    if (pipe_for(size, ends) < 0)
        return -1;
    if (write(ends[1], act_bytes(act, &act->call->in.pipe.data), size) == (ssize_t)size)
        result = GATED(act, &meeting,
                       act->stack->splice(ends[0], act->call->fd, meeting.left,
                                          (unsigned)act->call->in.pipe.flags.number));
    close_pipe(ends);
    return result;
}

static struct piece splice_bytes(const struct call *call)
{
    return call->in.pipe.data.piece;
}

static size_t splice_success(const struct call *call)
{
    return call->in.pipe.data.piece.size;
}

static void end_splice_send(struct trial *trial, struct pending *pending)
{
    account_sent(trial, pending, splice_bytes(pending_call(trial, pending)));
}

static const struct account account_splice_send = {splice_bytes, end_splice_send};

OPS(splice_send, prepare_nothing, perform_splice_send, splice_success, &account_splice_send,
    no_value);

static void prepare_splice_recv(const struct preparation *p)
{
    p->call->out = memory_new(p->trial, (size_t)p->call->in.pipe.len.number);
}

static int64_t perform_splice_recv(struct act *act)
{
    struct call *call = act->call;
    size_t size = (size_t)act->call->in.pipe.len.number;
    int ends[2];
    struct meeting meeting = gate_moving(act, POINT_splice, size, 0);
    meeting.sends = false;
    if (pipe_for(size, ends) < 0)
        return -1;
    int64_t result = GATED(act, &meeting,
                           act->stack->splice(call->fd, ends[1], meeting.left,
                                              (unsigned)act->call->in.pipe.flags.number));
    int error = errno;
    if (result > 0) {
        ssize_t got = read(ends[0], shared_at(act->actor->shared, call->out), (size_t)result);
        call->size = got > 0 ? (uint64_t)got : 0;
    }
    errno = error;
    close_pipe(ends);
    return result;
}

static const struct account account_splice_recv = {NULL, account_received};

OPS(splice_recv, prepare_splice_recv, perform_splice_recv, any_success, &account_splice_recv,
    no_value);
