/* The verbs that move data between a socket and a file or a pipe, without a buffer of the
 * program's. */
#include "actor/act.h"

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

/* With an offset the file's own position stays; out keeps what the offset became (sendfile(2)). */
int64_t do_sendfile(struct act *act)
{
    const struct piece data = act->call->arg[0].piece;
    int64_t *after = shared_at(act->actor->shared, act->call->out);
    off_t offset = (off_t)act_number(act, 1);
    size_t count = (size_t)act_number(act, 2);
    int64_t result = -1;
    if (act_refused(act_gate(act, "sendfile", act->call->fd, &count, 0)))
        return -1;
    int file = file_of(act_bytes(act, 0), data.size);
    if (file >= 0) {
        result = act->stack->sendfile(act->call->fd, file, offset < 0 ? NULL : &offset, count);
        int error = errno;
        *after = offset < 0 ? lseek(file, 0, SEEK_CUR) : offset;
        act->call->size = sizeof *after;
        close(file);
        errno = error;
    }
    return result;
}

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

int64_t do_splice_send(struct act *act)
{
    size_t size = act->call->arg[0].piece.size;
    int ends[2];
    int64_t result = -1;
    if (act_refused(act_gate(act, "splice", act->call->fd, &size, 0)) || pipe_for(size, ends) < 0)
        return -1;
    if (write(ends[1], act_bytes(act, 0), size) == (ssize_t)size)
        result = act->stack->splice(ends[0], act->call->fd, size, (unsigned)act_number(act, 1));
    close_pipe(ends);
    return result;
}

int64_t do_splice_recv(struct act *act)
{
    struct call *call = act->call;
    size_t size = (size_t)act_number(act, 0);
    int ends[2];
    if (act_refused(act_gate(act, "splice", call->fd, &size, 0)) || pipe_for(size, ends) < 0)
        return -1;
    int64_t result = act->stack->splice(call->fd, ends[1], size, (unsigned)act_number(act, 1));
    int error = errno;
    if (result > 0) {
        ssize_t got = read(ends[0], shared_at(act->actor->shared, call->out), (size_t)result);
        call->size = got > 0 ? (uint64_t)got : 0;
    }
    errno = error;
    close_pipe(ends);
    return result;
}
