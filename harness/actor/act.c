/* SPDX-License-Identifier: MIT */
#include "actor/act.h"

#include "base/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void *act_bytes(const struct act *act, const struct argument *argument)
{
    return shared_at(act->actor->shared, argument->piece);
}

struct iovec *act_gather(const struct act *act, const struct argument *list, size_t *count)
{
    const struct piece *pieces = act_bytes(act, list);
    *count = (size_t)list->number;
    struct iovec *iov = arena_must(calloc(*count > 0 ? *count : 1, sizeof *iov));
    for (size_t i = 0; i < *count; i++)
        iov[i] = (struct iovec){shared_at(act->actor->shared, pieces[i]), pieces[i].size};
    return iov;
}

struct iovec *act_scatter(const struct act *act, size_t *count)
{
    const struct call *call = act->call;
    const uint64_t *sizes = shared_at(act->actor->shared, call->sizes);
    char *out = shared_at(act->actor->shared, call->out);
    *count = call->size_count;
    struct iovec *iov = arena_must(calloc(*count > 0 ? *count : 1, sizeof *iov));
    for (size_t i = 0; i < *count; out += sizes[i++])
        iov[i] = (struct iovec){out, sizes[i]};
    return iov;
}

void act_note_local(struct act *act, int fd)
{
    int saved = errno;
    act->call->local_size = sizeof act->call->local;
    if (act->stack->getsockname == NULL ||
        act->stack->getsockname(fd, (struct sockaddr *)&act->call->local, &act->call->local_size) <
            0)
        act->call->local_size = 0;
    errno = saved;
}

void act_opened(struct act *act, struct piece to, int flags)
{
    struct call *call = act->call;
    if ((flags & MSG_FASTOPEN) == 0 || call->datagram || to.size > sizeof call->from ||
        to.offset == 0)
        return;
    memcpy(&call->from, shared_at(act->actor->shared, to), to.size);
    act_note_local(act, call->fd);
}

void act_free(void *memory)
{
    int error = errno;
    free(memory);
    errno = error;
}
