/* SPDX-License-Identifier: MIT */
#include "liar/sctp_lie.h"

#include "stack/sctp.h"
#include "stack/usrsctp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum sctp_lie {
#define LIE(id, name, says) LIE_##id,
#include "liar/sctp_lie.def"
#undef LIE
    LIE_COUNT
};

static const struct {
    const char *name, *says;
} lies[LIE_COUNT] = {
#define LIE(id, name, says) {"sctp/" name, says},
#include "liar/sctp_lie.def"
#undef LIE
};

enum { KERNEL_NOTIFICATION = 0x8000, HELD_MAX = 65536 };

static const struct stack *const truth = &stack_usrsctp;
static enum sctp_lie told = LIE_COUNT;

static bool tells(enum sctp_lie lie)
{
    return told == lie;
}

/* The number of a word in the stack's own numbers. */
static int64_t number(const char *word)
{
    const struct sctp_constant *found = sctp_constant_find(truth->sctp->dialect, word);
    return found != NULL ? found->value : 0;
}

static ssize_t result_of(ssize_t result)
{
    if (result < 0 && tells(LIE_WRONG_ERRNO))
        errno = errno == EIO ? EINVAL : EIO;
    return result < 0 && tells(LIE_SUCCESS) ? 0 : result;
}

/* --- sending --------------------------------------------------------------------------------- */

static void change_info(struct sctp_send *info)
{
    uint16_t unordered = (uint16_t)number("SCTP_UNORDERED");
    uint16_t aborts = (uint16_t)number("SCTP_ABORT");
    if (tells(LIE_ORDERED))
        info->flags &= (uint16_t)~unordered;
    if (tells(LIE_SOFT_ABORT) && (info->flags & aborts) != 0)
        info->flags = (uint16_t)((info->flags & ~aborts) | number("SCTP_EOF"));
    if (tells(LIE_ONE_STREAM))
        info->stream = 0;
    if (tells(LIE_WRONG_PPID))
        info->ppid ^= 1;
    if (tells(LIE_RELIABLE))
        info->policy = 0;
}

static ssize_t lie_sendv(int fd, const void *data, size_t size, const struct sockaddr *to,
                         socklen_t to_size, const struct sctp_send *info, int flags)
{
    struct sctp_send changed = info != NULL ? *info : (struct sctp_send){0};
    size_t less = tells(LIE_CUTS) && size > 1 ? 1 : 0;
    change_info(&changed);
    ssize_t sent = truth->sctp->sendv(fd, data, size - less, to, to_size,
                                      info != NULL ? &changed : NULL, flags);
    return sent >= 0 ? sent + (ssize_t)less : result_of(sent);
}

static ssize_t lie_send(int fd, const void *data, size_t size, int flags)
{
    return lie_sendv(fd, data, size, NULL, 0, NULL, flags);
}

static ssize_t lie_sendto(int fd, const void *data, size_t size, int flags,
                          const struct sockaddr *addr, socklen_t length)
{
    return lie_sendv(fd, data, size, addr, length, NULL, flags);
}

/* --- receiving ------------------------------------------------------------------------------- */

/* A message that is given later than it came, or once more; of one socket, which is enough. */
static struct {
    bool full;
    int fd, flags;
    ssize_t size;
    char data[HELD_MAX];
    struct sctp_receive info;
} held;

static void hold(int fd, const void *data, ssize_t size, const struct sctp_receive *info, int flags)
{
    if (size < 0 || size > HELD_MAX)
        return;
    memcpy(held.data, data, (size_t)size);
    held.full = true;
    held.fd = fd;
    held.size = size;
    held.flags = flags;
    held.info = info != NULL ? *info : (struct sctp_receive){0};
}

static ssize_t give_held(void *data, size_t size, struct sctp_receive *info, int *flags)
{
    ssize_t given = held.size < (ssize_t)size ? held.size : (ssize_t)size;
    memcpy(data, held.data, (size_t)given);
    if (info != NULL)
        *info = held.info;
    *flags = held.flags;
    held.full = false;
    return given;
}

/* What has come behind the message: it overtakes it, or is joined to it. */
static ssize_t look_further(int fd, void *data, size_t room, ssize_t size,
                            struct sctp_receive *info, int *flags)
{
    char next[HELD_MAX];
    struct sctp_receive about = {0};
    int with = MSG_DONTWAIT;
    int error = errno;
    ssize_t more =
        size > 0 ? truth->sctp->recvv(fd, next, sizeof next, NULL, NULL, &about, &with) : -1;
    errno = error;
    if (more <= 0)
        return size;
    if (tells(LIE_MERGES) && (size_t)(size + more) <= room) {
        memcpy((char *)data + size, next, (size_t)more);
        return size + more;
    }
    hold(fd, data, size, info, *flags);
    memcpy(data, next, (size_t)more < room ? (size_t)more : room);
    if (info != NULL)
        *info = about;
    *flags = with;
    return more;
}

static void change_notice(void *data, size_t size)
{
    uint16_t type = 0;
    memcpy(&type, data, size < sizeof type ? size : sizeof type);
    const struct sctp_layout *layout =
        sctp_layout_of_type(truth->sctp->dialect->notifications, type);
    const struct sctp_member *state = layout != NULL ? sctp_member_find(layout, "state") : NULL;
    if (tells(LIE_WRONG_STATE) && state != NULL && state->offset + state->size <= size)
        sctp_member_put(state, data, sctp_member_get(state, data, size) ^ 1);
    if (tells(LIE_WRONG_NOTICE)) {
        type ^= 1;
        memcpy(data, &type, sizeof type);
    }
}

static void change_flags(int *flags)
{
    if (tells(LIE_NO_END))
        *flags &= ~MSG_EOR;
    if (tells(LIE_EARLY_END))
        *flags |= MSG_EOR;
    if (tells(LIE_AS_DATA))
        *flags &= ~KERNEL_NOTIFICATION;
}

static void change_message(void *data, ssize_t size, struct sctp_receive *info)
{
    if (tells(LIE_DAMAGES) && size > 0)
        ((char *)data)[size / 2] ^= 1;
    if (tells(LIE_WRONG_STREAM) && info != NULL)
        info->stream ^= 1;
}

static void change_sender(struct sockaddr *from)
{
    /* The port stands at the same place in both families. */
    struct sockaddr_in *in = (struct sockaddr_in *)(void *)from;
    if (tells(LIE_WRONG_SENDER) && from != NULL)
        in->sin_port = (in_port_t)(in->sin_port ^ htons(1));
}

static bool every_second(void)
{
    static unsigned count;
    return ++count % 2 == 0;
}

static ssize_t lie_recvv(int fd, void *data, size_t size, struct sockaddr *from,
                         socklen_t *from_size, struct sctp_receive *info, int *flags)
{
    bool peeks = (*flags & MSG_PEEK) != 0;
    int wanted = *flags | (tells(LIE_NEVER_BLOCKS) ? MSG_DONTWAIT : 0);
    if (held.full && held.fd == fd && !peeks)
        return give_held(data, size, info, flags);
    *flags = wanted;
    ssize_t got = truth->sctp->recvv(fd, data, size, from, from_size, info, flags);
    bool message = got > 0 && (*flags & KERNEL_NOTIFICATION) == 0 && !peeks;
    if (got > 0 && (*flags & KERNEL_NOTIFICATION) != 0)
        change_notice(data, (size_t)got);
    if (message && tells(LIE_LOSES) && every_second()) {
        *flags = wanted;
        got = truth->sctp->recvv(fd, data, size, from, from_size, info, flags);
    }
    if (message && (tells(LIE_OVERTAKES) || tells(LIE_MERGES)))
        got = look_further(fd, data, size, got, info, flags);
    if (message && tells(LIE_REPEATS))
        hold(fd, data, got, info, *flags);
    if (message)
        change_message(data, got, info);
    if (got >= 0)
        change_flags(flags);
    change_sender(got > 0 ? from : NULL);
    return result_of(got);
}

static ssize_t lie_recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *addr,
                            socklen_t *length)
{
    return lie_recvv(fd, data, size, addr, length, NULL, &flags);
}

static ssize_t lie_recv(int fd, void *data, size_t size, int flags)
{
    return lie_recvv(fd, data, size, NULL, NULL, NULL, &flags);
}

static ssize_t lie_recvmsg(int fd, struct msghdr *message, int flags)
{
    message->msg_controllen = 0;
    message->msg_flags = flags;
    return lie_recvv(fd, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len,
                     message->msg_name, &message->msg_namelen, NULL, &message->msg_flags);
}

/* --- the association ------------------------------------------------------------------------- */

static void abort_now(int fd)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    truth->setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static int lie_shutdown(int fd, int how)
{
    if (tells(LIE_HALF_OPEN))
        return 0;
    if (tells(LIE_HARD_END)) {
        struct sctp_send info = {.flags = (uint16_t)number("SCTP_ABORT")};
        truth->sctp->sendv(fd, "", 0, NULL, 0, &info, 0);
        return 0;
    }
    return (int)result_of(truth->shutdown(fd, how));
}

static int lie_close(int fd)
{
    struct linger soft = {0, 0};
    if (tells(LIE_HARD_END))
        abort_now(fd);
    if (tells(LIE_SOFT_ABORT))
        truth->setsockopt(fd, SOL_SOCKET, SO_LINGER, &soft, sizeof soft);
    return (int)result_of(truth->close(fd));
}

static int lie_connect(int fd, const struct sockaddr *addr, socklen_t length)
{
    return (int)result_of(truth->connect(fd, addr, length));
}

static int lie_bind(int fd, const struct sockaddr *addr, socklen_t length)
{
    return (int)result_of(truth->bind(fd, addr, length));
}

static int lie_accept(int fd, struct sockaddr *addr, socklen_t *length)
{
    return (int)result_of(truth->accept(fd, addr, length));
}

/* The port stands at one place in both families. */
static int lie_getsockname(int fd, struct sockaddr *addr, socklen_t *length)
{
    int result = truth->getsockname(fd, addr, length);
    if (result == 0 && tells(LIE_WRONG_PORT) && *length >= sizeof(struct sockaddr_in))
        ((struct sockaddr_in *)addr)->sin_port = htons(7);
    return (int)result_of(result);
}

static int lie_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    const struct sctp_layout *event = sctp_layout_find(truth->sctp->dialect->options, "SCTP_EVENT");
    bool ignored = level == IPPROTO_SCTP &&
                   (tells(LIE_NO_OPTIONS) || (tells(LIE_NO_EVENTS) && name == event->number));
    return ignored ? 0 : (int)result_of(truth->setsockopt(fd, level, name, value, length));
}

static int lie_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
    int result = truth->getsockopt(fd, level, name, value, length);
    if (result == 0 && level == IPPROTO_SCTP && tells(LIE_ZERO_OPTIONS))
        memset(value, 0, *length);
    return (int)result_of(result);
}

static int lie_getpaddrs(int fd, uint32_t assoc, struct sockaddr_storage *first)
{
    int count = truth->sctp->getpaddrs(fd, assoc, first);
    return count > 0 && tells(LIE_ONE_MORE) ? count + 1 : (int)result_of(count);
}

static int lie_getladdrs(int fd, uint32_t assoc, struct sockaddr_storage *first)
{
    int count = truth->sctp->getladdrs(fd, assoc, first);
    return count > 0 && tells(LIE_ONE_MORE) ? count + 1 : (int)result_of(count);
}

static int lie_bindx(int fd, const struct sockaddr *addr, socklen_t size, int how)
{
    return tells(LIE_NO_BINDX) ? 0 : (int)result_of(truth->sctp->bindx(fd, addr, size, how));
}

static int lie_peeloff(int fd, uint32_t assoc)
{
    return tells(LIE_TWIN) ? fd : (int)result_of(truth->sctp->peeloff(fd, assoc));
}

static int lie_listen(int fd, int backlog)
{
    return truth->listen(fd, tells(LIE_NO_BACKLOG) && backlog > 0 ? SOMAXCONN : backlog);
}

static int lie_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    if (tells(LIE_ALWAYS_READY))
        for (nfds_t i = 0; i < count; i++)
            fds[i].revents = fds[i].events;
    if (tells(LIE_NEVER_READY))
        for (nfds_t i = 0; i < count; i++)
            fds[i].revents = 0;
    if (tells(LIE_ALWAYS_READY))
        return (int)count;
    return tells(LIE_NEVER_READY) ? 0 : truth->poll(fds, count, timeout_ms);
}

/* --- the table ------------------------------------------------------------------------------- */

static enum sctp_lie find(const char *name)
{
    int lie = 0;
    while (lie < LIE_COUNT && strcmp(lies[lie].name, name) != 0)
        lie++;
    return (enum sctp_lie)lie;
}

static void fill(struct stack *stack, struct stack_sctp *sctp)
{
    *sctp = *truth->sctp;
    sctp->sendv = lie_sendv;
    sctp->recvv = lie_recvv;
    sctp->peeloff = lie_peeloff;
    sctp->bindx = lie_bindx;
    sctp->getpaddrs = lie_getpaddrs;
    sctp->getladdrs = lie_getladdrs;
    *stack = *truth;
    stack->sctp = sctp;
    stack->bind = lie_bind;
    stack->listen = lie_listen;
    stack->accept = lie_accept;
    stack->getsockname = lie_getsockname;
    stack->connect = lie_connect;
    stack->send = lie_send;
    stack->sendto = lie_sendto;
    stack->recv = lie_recv;
    stack->recvfrom = lie_recvfrom;
    stack->recvmsg = lie_recvmsg;
    stack->shutdown = lie_shutdown;
    stack->close = lie_close;
    stack->getsockopt = lie_getsockopt;
    stack->setsockopt = lie_setsockopt;
    stack->poll = lie_poll;
}

const struct stack *sctp_lie_stack(const char *lie)
{
    static struct stack liar;
    static struct stack_sctp sctp;
    enum sctp_lie found = find(lie);
    if (found == LIE_COUNT)
        return NULL;
    told = found;
    fill(&liar, &sctp);
    return &liar;
}

const char *const *sctp_lie_names(void)
{
    static const char *names[LIE_COUNT + 1];
    for (int i = 0; i < LIE_COUNT; i++)
        names[i] = lies[i].name;
    return names;
}

const char *sctp_lie_says(const char *lie)
{
    enum sctp_lie found = find(lie);
    return found != LIE_COUNT ? lies[found].says : NULL;
}
