/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp.h"

#include "stack/sctp.h"
#include "stack/usrsctp_dialect.h"
#include "stack/usrsctp_socket.h"
#include "stack/virtual_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <usrsctp.h>

enum {
    KERNEL_NOTIFICATION = 0x8000, /* MSG_NOTIFICATION of linux/socket.h; usrsctp has its own */
    RAW_BUFFER = 8 << 20,
    DESCRIPTORS = 64 /* the library's own lie below that when it begins */
};

/* --- the library's world --------------------------------------------------------------------- */

static uint64_t random_state;

/* The library's source of randomness, defined here in front of its own: tags, initial TSNs, ports
   and secrets follow from the seed (splitmix64). Called under the library's locks. */
void read_random(void *buffer, size_t size);
void read_random(void *buffer, size_t size)
{
    uint8_t *at = buffer;
    for (size_t i = 0; i < size; i++) {
        uint64_t mixed = random_state += UINT64_C(0x9e3779b97f4a7c15);
        mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
        at[i] = (uint8_t)(mixed >> 56);
    }
}

__attribute__((format(printf, 1, 2))) static void complain(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
}

/* The raw sockets' queues are the library's own 128 KiB, which a burst overruns: a packet that the
   harness loses would look like one that the wire lost. */
static void widen_queues(void)
{
    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        int protocol = 0;
        int room = RAW_BUFFER;
        socklen_t size = sizeof protocol;
        if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 &&
            protocol == IPPROTO_SCTP)
            setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    }
}

static bool begin(const struct stack *stack, const struct stack_world *world, char *why,
                  size_t size)
{
    (void)stack, (void)why, (void)size;
    random_state = world->seed;
    virtual_clock_begin(world->ticks, world->done);
    usrsctp_init(world->udp_port, NULL, complain);
    widen_queues();
    return true;
}

static const char *usrsctp_version(const struct stack *stack)
{
    (void)stack;
    return USRSCTP_VERSION;
}

/* --- sockets --------------------------------------------------------------------------------- */

static int make_socket(int domain, int type, int protocol)
{
    int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct socket *so = usrsctp_socket(domain, kind, protocol, NULL, NULL, 0, NULL);
    if (so != NULL && (type & SOCK_NONBLOCK) != 0)
        usrsctp_set_non_blocking(so, 1);
    return usrsctp_socket_add(so);
}

static int bind_to(int fd, const struct sockaddr *addr, socklen_t length)
{
    struct socket *so = usrsctp_socket_get(fd);
    return so == NULL ? -1 : usrsctp_bind(so, (struct sockaddr *)addr, length);
}

static int listen_on(int fd, int backlog)
{
    struct socket *so = usrsctp_socket_get(fd);
    return so == NULL ? -1 : usrsctp_listen(so, backlog);
}

static int accept_flags(int fd, struct sockaddr *addr, socklen_t *length, int flags)
{
    struct socket *so = usrsctp_socket_get(fd);
    struct socket *made = so == NULL ? NULL : usrsctp_accept(so, addr, length);
    if (made != NULL)
        usrsctp_set_non_blocking(made, (flags & SOCK_NONBLOCK) != 0);
    return usrsctp_socket_add(made);
}

static int accept_one(int fd, struct sockaddr *addr, socklen_t *length)
{
    return accept_flags(fd, addr, length, 0);
}

static int connect_to(int fd, const struct sockaddr *addr, socklen_t length)
{
    struct socket *so = usrsctp_socket_get(fd);
    return so == NULL ? -1 : usrsctp_connect(so, (struct sockaddr *)addr, length);
}

static int shut_down(int fd, int how)
{
    struct socket *so = usrsctp_socket_get(fd);
    return so == NULL ? -1 : usrsctp_shutdown(so, how);
}

static int get_option(int fd, int level, int name, void *value, socklen_t *length)
{
    struct socket *so = usrsctp_socket_get(fd);
    return so == NULL ? -1 : usrsctp_getsockopt(so, level, name, value, length);
}

static int set_option(int fd, int level, int name, const void *value, socklen_t length)
{
    struct socket *so = usrsctp_socket_get(fd);
    return so == NULL ? -1 : usrsctp_setsockopt(so, level, name, value, length);
}

/* --- data ------------------------------------------------------------------------------------ */

static ssize_t send_with(int fd, const void *data, size_t size, const struct sockaddr *to,
                         socklen_t to_size, const struct sctp_send *info, int flags)
{
    struct socket *so = usrsctp_socket_get(fd);
    struct sctp_sendv_spa spa = {.sendv_flags = SCTP_SEND_SNDINFO_VALID};
    (void)to_size;
    if (so == NULL)
        return -1;
    if (info == NULL)
        return usrsctp_sendv(so, data, size, (struct sockaddr *)to, to != NULL, NULL, 0,
                             SCTP_SENDV_NOINFO, flags);
    spa.sendv_sndinfo = (struct sctp_sndinfo){.snd_sid = info->stream,
                                              .snd_flags = info->flags,
                                              .snd_ppid = htonl(info->ppid),
                                              .snd_assoc_id = info->assoc};
    spa.sendv_prinfo = (struct sctp_prinfo){.pr_policy = info->policy, .pr_value = info->value};
    if (info->policy != 0)
        spa.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    return usrsctp_sendv(so, data, size, (struct sockaddr *)to, to != NULL, &spa, sizeof spa,
                         SCTP_SENDV_SPA, flags);
}

static ssize_t receive_with(int fd, void *data, size_t size, struct sockaddr *from,
                            socklen_t *from_size, struct sctp_receive *info, int *flags)
{
    struct socket *so = usrsctp_socket_get(fd);
    struct sockaddr_storage nobody;
    socklen_t room = sizeof nobody;
    struct sctp_recvv_rn told = {{0}, {0}};
    socklen_t told_size = sizeof told;
    unsigned kind = SCTP_RECVV_NOINFO;
    if (so == NULL)
        return -1;
    bool named = from != NULL;
    ssize_t got = usrsctp_recvv(so, data, size, named ? from : (struct sockaddr *)&nobody,
                                named ? from_size : &room, &told, &told_size, &kind, flags);
    if (got >= 0 && (*flags & MSG_NOTIFICATION) != 0)
        *flags = (*flags & ~MSG_NOTIFICATION) | KERNEL_NOTIFICATION;
    if (info != NULL && got >= 0 && (kind == SCTP_RECVV_RCVINFO || kind == SCTP_RECVV_RN))
        *info =
            (struct sctp_receive){.told = true,
                                  .unordered = (told.recvv_rcvinfo.rcv_flags & SCTP_UNORDERED) != 0,
                                  .stream = told.recvv_rcvinfo.rcv_sid,
                                  .ssn = told.recvv_rcvinfo.rcv_ssn,
                                  .ppid = ntohl(told.recvv_rcvinfo.rcv_ppid),
                                  .tsn = told.recvv_rcvinfo.rcv_tsn,
                                  .context = told.recvv_rcvinfo.rcv_context,
                                  .assoc = told.recvv_rcvinfo.rcv_assoc_id};
    return got;
}

static ssize_t send_to(int fd, const void *data, size_t size, int flags,
                       const struct sockaddr *addr, socklen_t length)
{
    return send_with(fd, data, size, addr, length, NULL, flags);
}

static ssize_t send_plain(int fd, const void *data, size_t size, int flags)
{
    return send_with(fd, data, size, NULL, 0, NULL, flags);
}

static ssize_t write_plain(int fd, const void *data, size_t size)
{
    return send_with(fd, data, size, NULL, 0, NULL, 0);
}

static ssize_t receive_from(int fd, void *data, size_t size, int flags, struct sockaddr *addr,
                            socklen_t *length)
{
    return receive_with(fd, data, size, addr, length, NULL, &flags);
}

static ssize_t receive_plain(int fd, void *data, size_t size, int flags)
{
    return receive_with(fd, data, size, NULL, NULL, NULL, &flags);
}

static ssize_t read_plain(int fd, void *data, size_t size)
{
    return receive_plain(fd, data, size, 0);
}

/* The library has no recvmsg: one buffer, the flags, and no ancillary data is what recvv gives. */
static ssize_t receive_message(int fd, struct msghdr *message, int flags)
{
    if (message->msg_iovlen != 1) {
        errno = EOPNOTSUPP;
        return -1;
    }
    message->msg_controllen = 0;
    message->msg_flags = flags;
    return receive_with(fd, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len,
                        message->msg_name, &message->msg_namelen, NULL, &message->msg_flags);
}

/* --- names ----------------------------------------------------------------------------------- */

static socklen_t size_of(const struct sockaddr *addr)
{
    return addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static int local_addresses(int fd, uint32_t assoc, struct sockaddr_storage *first)
{
    struct socket *so = usrsctp_socket_get(fd);
    struct sockaddr *list = NULL;
    int count = so == NULL ? -1 : usrsctp_getladdrs(so, assoc, &list);
    if (count > 0)
        memcpy(first, list, size_of(list));
    if (count > 0)
        usrsctp_freeladdrs(list);
    return count;
}

static int peer_addresses(int fd, uint32_t assoc, struct sockaddr_storage *first)
{
    struct socket *so = usrsctp_socket_get(fd);
    struct sockaddr *list = NULL;
    int count = so == NULL ? -1 : usrsctp_getpaddrs(so, assoc, &list);
    if (count > 0)
        memcpy(first, list, size_of(list));
    if (count > 0)
        usrsctp_freepaddrs(list);
    return count;
}

static int give_name(const struct sockaddr_storage *name, int count, struct sockaddr *addr,
                     socklen_t *length, int otherwise)
{
    if (count < 0)
        return -1;
    if (count == 0) {
        errno = otherwise;
        return -1;
    }
    socklen_t size = size_of((const struct sockaddr *)name);
    memcpy(addr, name, size < *length ? size : *length);
    *length = size;
    return 0;
}

/* The library has neither: the first of the addresses of the association is the name. */
static int own_name(int fd, struct sockaddr *addr, socklen_t *length)
{
    struct sockaddr_storage first = {.ss_family = AF_INET};
    return give_name(&first, local_addresses(fd, 0, &first), addr, length, EINVAL);
}

static int peer_name(int fd, struct sockaddr *addr, socklen_t *length)
{
    struct sockaddr_storage first = {.ss_family = AF_INET};
    return give_name(&first, peer_addresses(fd, 0, &first), addr, length, ENOTCONN);
}

/* --- descriptors ----------------------------------------------------------------------------- */

static int control(int fd, int command, long argument)
{
    struct socket *so = usrsctp_socket_get(fd);
    int result = -1;
    if (command == F_GETFD || command == F_SETFD)
        result = fcntl(fd, command, argument);
    else if (so == NULL)
        result = -1;
    else if (command == F_GETFL)
        result = O_RDWR | (usrsctp_get_non_blocking(so) == 1 ? O_NONBLOCK : 0);
    else if (command == F_SETFL)
        result = usrsctp_set_non_blocking(so, (argument & O_NONBLOCK) != 0);
    else
        errno = EINVAL;
    return result;
}

/* --- SCTP's own calls ------------------------------------------------------------------------- */

static int peel_off(int fd, uint32_t assoc)
{
    struct socket *so = usrsctp_socket_get(fd);
    return so == NULL ? -1 : usrsctp_socket_add(usrsctp_peeloff(so, assoc));
}

static int bind_more(int fd, const struct sockaddr *addr, socklen_t size, int how)
{
    struct socket *so = usrsctp_socket_get(fd);
    (void)size;
    return so == NULL ? -1 : usrsctp_bindx(so, (struct sockaddr *)addr, 1, how);
}

static int connect_to_all(int fd, const void *addresses, int count, uint32_t *assoc)
{
    struct socket *so = usrsctp_socket_get(fd);
    return so == NULL ? -1 : usrsctp_connectx(so, addresses, count, assoc);
}

static const struct stack_sctp calls = {
    .dialect = &usrsctp_dialect,
    .sendv = send_with,
    .recvv = receive_with,
    .peeloff = peel_off,
    .bindx = bind_more,
    .connectx = connect_to_all,
    .getpaddrs = peer_addresses,
    .getladdrs = local_addresses,
};

static bool speaks(const struct stack *stack, int protocol)
{
    (void)stack;
    return protocol == IPPROTO_SCTP;
}

/* What usrsctp_getsockopt and usrsctp_setsockopt look at beside SCTP's own options, the commands
   that control() knows, and the flags that a send or a receive looks at. */
static const char *const names[] = {
    "SO_ERROR", "SO_LINGER", "SO_RCVBUF",    "SO_SNDBUF",        "F_GETFD", "F_SETFD",
    "F_GETFL",  "F_SETFL",   "MSG_DONTWAIT", "MSG_EOF",          "MSG_EOR", "MSG_NOSIGNAL",
    "MSG_OOB",  "MSG_PEEK",  "MSG_WAITALL",  "MSG_NOTIFICATION", NULL};

const struct stack stack_usrsctp = {
    .name = "usrsctp",
    .userspace = true,
    .virtual_time = true,
    .speaks = speaks,
    .begin = begin,
    .version = usrsctp_version,
    .sctp = &calls,
    .names = names,
    .socket = make_socket,
    .bind = bind_to,
    .listen = listen_on,
    .accept = accept_one,
    .accept4 = accept_flags,
    .connect = connect_to,
    .send = send_plain,
    .sendto = send_to,
    .recv = receive_plain,
    .recvfrom = receive_from,
    .recvmsg = receive_message,
    .read = read_plain,
    .write = write_plain,
    .shutdown = shut_down,
    .close = usrsctp_socket_close,
    .getsockopt = get_option,
    .setsockopt = set_option,
    .getsockname = own_name,
    .getpeername = peer_name,
    .fcntl = control,
    .poll = usrsctp_socket_poll,
};
