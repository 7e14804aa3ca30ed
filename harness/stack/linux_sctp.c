/* SPDX-License-Identifier: MIT */
#include "stack/linux_sctp.h"

#include "stack/linux_dialect.h"

#include <netinet/sctp.h>
#include <string.h>

static ssize_t send_with(int fd, const void *data, size_t size, const struct sockaddr *to,
                         socklen_t to_size, const struct sctp_send *info, int flags)
{
    struct iovec one = {(void *)data, size};
    struct sctp_sendv_spa spa = {.sendv_flags = SCTP_SEND_SNDINFO_VALID};
    (void)to_size;
    if (info == NULL)
        return sctp_sendv(fd, &one, 1, (struct sockaddr *)to, to != NULL, NULL, 0,
                          SCTP_SENDV_NOINFO, flags);
    spa.sendv_sndinfo = (struct sctp_sndinfo){.snd_sid = info->stream,
                                              .snd_flags = info->flags,
                                              .snd_ppid = htonl(info->ppid),
                                              .snd_assoc_id = (sctp_assoc_t)info->assoc};
    spa.sendv_prinfo = (struct sctp_prinfo){.pr_policy = info->policy, .pr_value = info->value};
    if (info->policy != 0)
        spa.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    return sctp_sendv(fd, &one, 1, (struct sockaddr *)to, to != NULL, &spa, sizeof spa,
                      SCTP_SENDV_SPA, flags);
}

static ssize_t receive_with(int fd, void *data, size_t size, struct sockaddr *from,
                            socklen_t *from_size, struct sctp_receive *info, int *flags)
{
    struct iovec one = {data, size};
    struct sctp_recvv_rn told;
    socklen_t told_size = sizeof told;
    unsigned kind = SCTP_RECVV_NOINFO;
    memset(&told, 0, sizeof told);
    ssize_t got = sctp_recvv(fd, &one, 1, from, from_size, &told, &told_size, &kind, flags);
    const struct sctp_rcvinfo *about = &told.recvv_rcvinfo;
    if (info != NULL && got >= 0 && (kind == SCTP_RECVV_RCVINFO || kind == SCTP_RECVV_RN))
        *info = (struct sctp_receive){.told = true,
                                      .unordered = (about->rcv_flags & SCTP_UNORDERED) != 0,
                                      .stream = about->rcv_sid,
                                      .ssn = about->rcv_ssn,
                                      .ppid = ntohl(about->rcv_ppid),
                                      .tsn = about->rcv_tsn,
                                      .context = about->rcv_context,
                                      .assoc = (uint32_t)about->rcv_assoc_id};
    return got;
}

static int peel_off(int fd, uint32_t assoc)
{
    return sctp_peeloff(fd, (sctp_assoc_t)assoc);
}

static int bind_more(int fd, const struct sockaddr *addr, socklen_t size, int how)
{
    (void)size;
    return sctp_bindx(fd, (struct sockaddr *)addr, 1, how);
}

static int connect_to_all(int fd, const void *addresses, int count, uint32_t *assoc)
{
    sctp_assoc_t made = 0;
    int result = sctp_connectx(fd, (struct sockaddr *)addresses, count, &made);
    *assoc = (uint32_t)made;
    return result;
}

static void take_first(struct sockaddr_storage *first, const struct sockaddr *list)
{
    memcpy(first, list,
           list->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
}

static int peer_addresses(int fd, uint32_t assoc, struct sockaddr_storage *first)
{
    struct sockaddr *list = NULL;
    int count = sctp_getpaddrs(fd, (sctp_assoc_t)assoc, &list);
    if (count > 0)
        take_first(first, list);
    if (count > 0)
        sctp_freepaddrs(list);
    return count;
}

static int local_addresses(int fd, uint32_t assoc, struct sockaddr_storage *first)
{
    struct sockaddr *list = NULL;
    int count = sctp_getladdrs(fd, (sctp_assoc_t)assoc, &list);
    if (count > 0)
        take_first(first, list);
    if (count > 0)
        sctp_freeladdrs(list);
    return count;
}

const struct stack_sctp linux_sctp = {
    .dialect = &linux_dialect,
    .sendv = send_with,
    .recvv = receive_with,
    .peeloff = peel_off,
    .bindx = bind_more,
    .connectx = connect_to_all,
    .getpaddrs = peer_addresses,
    .getladdrs = local_addresses,
};
