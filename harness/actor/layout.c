/* SPDX-License-Identifier: MIT */
#include "actor/layout.h"

#include <linux/if_packet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/time.h>

/* --- structures -------------------------------------------------------------------------------
 *
 * The members of a structure that has no holes, in their order. A word of them:
 */
enum member_kind {
    KIND_END,
    KIND_BYTES,  /* as they are: of one byte each, or in network order */
    KIND_HALVES, /* a byte whose halves stand in the machine's order (bit fields) */
    KIND_2,
    KIND_4,
    KIND_8,
    KIND_LONG,
    KIND_FAMILY, /* constants: two bytes */
    KIND_ERRNO,  /* the others have four */
    KIND_SOCKET_TYPE,
    KIND_PROTOCOL
};

struct member_run {
    enum member_kind kind;
    size_t count;
};

static size_t size_of(enum member_kind kind)
{
    static const size_t sizes[] = {
        [KIND_END] = 0,   [KIND_BYTES] = 1,       [KIND_HALVES] = 1,          [KIND_2] = 2,
        [KIND_4] = 4,     [KIND_8] = 8,           [KIND_LONG] = sizeof(long), [KIND_FAMILY] = 2,
        [KIND_ERRNO] = 4, [KIND_SOCKET_TYPE] = 4, [KIND_PROTOCOL] = 4};
    return sizes[kind];
}

/* A number with its sign, so that it is the same in another width. */
static int64_t number_at(const void *at, size_t size)
{
    int64_t wide = 0;
    int32_t four = 0;
    uint16_t two = 0;
    if (size == sizeof two)
        memcpy(&two, at, sizeof two);
    else if (size == sizeof four)
        memcpy(&four, at, sizeof four);
    else
        memcpy(&wide, at, sizeof wide);
    return wide + four + two;
}

static void put_number(void *at, size_t size, int64_t number)
{
    int32_t four = (int32_t)number;
    uint16_t two = (uint16_t)number;
    const void *from = size == sizeof two ? (void *)&two : (void *)&number;
    memcpy(at, size == sizeof four ? (void *)&four : from, size);
}

static void code_halves(const struct coder *coder, uint8_t *byte)
{
    bool turned = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    uint8_t little = (uint8_t)(turned ? *byte << 4 | *byte >> 4 : *byte);
    CODE(coder, little);
    *byte = (uint8_t)(turned ? little << 4 | little >> 4 : little);
}

static void code_member(const struct coder *coder, enum member_kind kind, void *at)
{
    static const enum constant_group groups[] = {[KIND_FAMILY] = GROUP_FAMILY,
                                                 [KIND_ERRNO] = GROUP_ERRNO,
                                                 [KIND_SOCKET_TYPE] = GROUP_SOCKET_TYPE,
                                                 [KIND_PROTOCOL] = GROUP_PROTOCOL};
    int64_t number = 0;
    if (kind == KIND_BYTES) {
        coder_bytes(coder, at, 1);
    } else if (kind == KIND_HALVES) {
        code_halves(coder, at);
    } else {
        number = coder->frame != NULL ? number_at(at, size_of(kind)) : 0;
        if (kind < KIND_FAMILY)
            CODE(coder, number);
        else
            CODE_CONSTANT(coder, groups[kind], number);
        if (coder->frame == NULL)
            put_number(at, size_of(kind), number);
    }
}

/* How many whole members there are in so many bytes. */
static uint64_t members_in(const struct member_run *runs, size_t size)
{
    uint64_t count = 0;
    size_t left = size;
    for (; runs->kind != KIND_END && left >= size_of(runs->kind); runs++) {
        size_t whole = MIN(runs->count, left / size_of(runs->kind));
        count += whole;
        left -= whole * size_of(runs->kind);
        if (whole < runs->count)
            break;
    }
    return count;
}

/* What is behind the last whole member, or of no structure. Where it stands goes on. */
static size_t code_rest(const struct coder *coder, uint8_t *bytes, size_t at, size_t size,
                        size_t room)
{
    uint64_t rest = coder->frame != NULL ? size - at : 0;
    CODE(coder, rest);
    if (rest > room - at)
        coder_refuse(coder);
    else if (rest > 0)
        coder_bytes(coder, bytes + at, rest);
    return coder->frame != NULL || coder->opened->good ? at + rest : 0;
}

static size_t code_runs(const struct coder *coder, const struct member_run *runs, void *bytes,
                        size_t size, size_t room)
{
    uint64_t members = coder->frame != NULL ? members_in(runs, size) : 0;
    size_t at = 0, done = 0;
    CODE(coder, members);
    for (; members > 0 && runs->kind != KIND_END && at + size_of(runs->kind) <= room; members--) {
        code_member(coder, runs->kind, (uint8_t *)bytes + at);
        at += size_of(runs->kind);
        if (++done == runs->count) {
            runs++;
            done = 0;
        }
    }
    if (members > 0) { /* more than there is room for, or than such a structure has */
        coder_refuse(coder);
        return 0;
    }
    return code_rest(coder, bytes, at, size, room);
}

/* --- options ---------------------------------------------------------------------------------- */

static const struct member_run as_it_is[] = {{KIND_END, 0}};
static const struct member_run one_number[] = {{KIND_4, 1}, {KIND_END, 0}};

static const struct member_run *runs_of(enum option_type type)
{
    static const struct member_run wide[] = {{KIND_8, 1}, {KIND_END, 0}};
    static const struct member_run two_numbers[] = {{KIND_4, 2}, {KIND_END, 0}};
    static const struct member_run two_longs[] = {{KIND_LONG, 2}, {KIND_END, 0}};
    static const struct member_run error[] = {{KIND_ERRNO, 1}, {KIND_END, 0}};
    static const struct member_run socket_type[] = {{KIND_SOCKET_TYPE, 1}, {KIND_END, 0}};
    static const struct member_run protocol[] = {{KIND_PROTOCOL, 1}, {KIND_END, 0}};
    static const struct member_run interface6[] = {{KIND_BYTES, 16}, {KIND_4, 1}, {KIND_END, 0}};
    static const struct member_run mtu6[] = {
        {KIND_FAMILY, 1}, {KIND_BYTES, 22}, {KIND_4, 2}, {KIND_END, 0}};
    static const struct member_run info[] = {
        /* struct tcp_info of linux/tcp.h */
        {KIND_BYTES, 6}, {KIND_HALVES, 1}, {KIND_BYTES, 1}, {KIND_4, 24}, {KIND_8, 4},  {KIND_4, 6},
        {KIND_8, 4},     {KIND_4, 2},      {KIND_8, 3},     {KIND_4, 2},  {KIND_END, 0}};
    static const struct member_run *const all[OPTION_TYPES] = {[OPTION_INT] = one_number,
                                                               [OPTION_ERRNO] = error,
                                                               [OPTION_TYPE] = socket_type,
                                                               [OPTION_FAMILY] = one_number,
                                                               [OPTION_PROTO] = protocol,
                                                               [OPTION_TIME] = two_longs,
                                                               [OPTION_LINGER] = two_numbers,
                                                               [OPTION_TCPINFO] = info,
                                                               [OPTION_TEXT] = as_it_is,
                                                               [OPTION_BYTES] = as_it_is,
                                                               [OPTION_WIDE] = wide,
                                                               [OPTION_NETWORK] = as_it_is,
                                                               [OPTION_STAMPING] = two_numbers,
                                                               [OPTION_ADDRESS] = as_it_is,
                                                               [OPTION_MREQ] = as_it_is,
                                                               [OPTION_MREQ_SOURCE] = as_it_is,
                                                               [OPTION_MREQ6] = interface6,
                                                               [OPTION_PKTINFO6] = interface6,
                                                               [OPTION_MTUINFO6] = mtu6,
                                                               [OPTION_TXTIME] = two_numbers,
                                                               [OPTION_SCTP] = as_it_is,
                                                               [OPTION_UNBUILT] = as_it_is};
    return all[type];
}

/* Of an option that nobody knows a number is expected. */
static enum option_type type_of(int64_t option)
{
    const struct option *known = option_numbered((int)(option >> 32), (int)option);
    return known != NULL ? known->type : OPTION_INT;
}

size_t layout_option(const struct coder *coder, int64_t option, void *bytes, size_t size,
                     size_t room)
{
    return code_runs(coder, runs_of(type_of(option)), bytes, size, room);
}

size_t layout_request(const struct coder *coder, int64_t request, void *bytes, size_t room)
{
    const struct constant *stamp = constant_find(GROUP_IOCTL, "SIOCGSTAMP");
    const struct constant *finer = constant_find(GROUP_IOCTL, "SIOCGSTAMPNS");
    bool time = request == stamp->value || request == finer->value;
    size_t size = time ? sizeof(struct timeval) : sizeof(int);
    return code_runs(coder, time ? runs_of(OPTION_TIME) : one_number, bytes, MIN(size, room), room);
}

/* --- addresses -------------------------------------------------------------------------------- */

size_t layout_address(const struct coder *coder, void *bytes, size_t size, size_t room)
{
    static const struct member_run family[] = {{KIND_FAMILY, 1}, {KIND_END, 0}};
    /* Behind the family. The scope of IPv6, and of a link its interface and hardware, are numbers
       of the machine; all else is in network order (ipv6(7), packet(7)). */
    static const struct member_run six[] = {{KIND_BYTES, 22}, {KIND_4, 1}, {KIND_END, 0}};
    static const struct member_run link[] = {
        {KIND_BYTES, 2}, {KIND_4, 1}, {KIND_2, 1}, {KIND_BYTES, 10}, {KIND_END, 0}};
    size_t head = code_runs(coder, family, bytes, MIN(size, sizeof(sa_family_t)),
                            MIN(room, sizeof(sa_family_t)));
    sa_family_t known = AF_UNSPEC;
    if (head < sizeof known)
        return head;
    memcpy(&known, bytes, sizeof known);
    const struct member_run *rest = known == AF_INET6 ? six : known == AF_PACKET ? link : as_it_is;
    return head +
           code_runs(coder, rest, (uint8_t *)bytes + head, size - MIN(size, head), room - head);
}

/* --- control data ----------------------------------------------------------------------------- */

/* struct sock_extended_err, and behind it the address of who offended. */
static size_t code_error(const struct coder *coder, void *bytes, size_t size, size_t room)
{
    static const struct member_run error[] = {
        {KIND_ERRNO, 1}, {KIND_BYTES, 4}, {KIND_4, 2}, {KIND_END, 0}};
    enum { ERROR_SIZE = 16 };
    size_t head = code_runs(coder, error, bytes, MIN(size, ERROR_SIZE), MIN(room, ERROR_SIZE));
    return head < ERROR_SIZE ? head
                             : head + layout_address(coder, (uint8_t *)bytes + head,
                                                     size - MIN(size, head), room - head);
}

/* A message's data is not always what its option takes: ip(7), ipv6(7), socket(7). */
static const struct member_run *runs_of_message(int level, int type)
{
    static const struct member_run info4[] = {{KIND_4, 1}, {KIND_BYTES, 8}, {KIND_END, 0}};
    static const struct member_run segment[] = {{KIND_2, 1}, {KIND_END, 0}};
    static const struct member_run stamps[] = {{KIND_LONG, 6}, {KIND_END, 0}};
    bool own = level == SOL_SOCKET;
    const struct member_run *runs = runs_of(type_of(option_key(level, type)));
    if (level == IPPROTO_IP && type == IP_PKTINFO)
        runs = info4;
    else if (level == IPPROTO_UDP && type == UDP_SEGMENT)
        runs = segment;
    else if (own && (type == SO_TIMESTAMP || type == SO_TIMESTAMPNS || type == SO_TIMESTAMPING))
        runs = stamps;
    return runs;
}

static size_t code_message(const struct coder *coder, int level, int type, void *bytes, size_t size,
                           size_t room)
{
    bool four = level == IPPROTO_IP, six = level == IPPROTO_IPV6;
    bool error = (four && type == IP_RECVERR) || (six && type == IPV6_RECVERR);
    bool address = (four && type == IP_ORIGDSTADDR) || (six && type == IPV6_ORIGDSTADDR);
    size_t here = 0;
    if (error)
        here = code_error(coder, bytes, size, room);
    else if (address)
        here = layout_address(coder, bytes, size, room);
    else
        here = code_runs(coder, runs_of_message(level, type), bytes, size, room);
    return here;
}

/* Packs one; its header tells its length. */
static void pack_message(const struct coder *coder, struct cmsghdr *one, const uint8_t *end)
{
    uint8_t *data = CMSG_DATA(one);
    size_t size = one->cmsg_len > CMSG_LEN(0) ? one->cmsg_len - CMSG_LEN(0) : 0;
    size_t there = data < end ? (size_t)(end - data) : 0;
    coder_option(coder, option_key(one->cmsg_level, one->cmsg_type));
    code_message(coder, one->cmsg_level, one->cmsg_type, data, MIN(size, there), there);
}

/* Unpacks one at the end of those before it. Returns where the next begins; 0: it has no room. */
static size_t unpack_message(const struct coder *coder, uint8_t *bytes, size_t at, size_t room)
{
    struct cmsghdr *one = (struct cmsghdr *)(bytes + at);
    int64_t option = coder_option(coder, 0);
    if (at + CMSG_LEN(0) > room) {
        coder_refuse(coder);
        return 0;
    }
    one->cmsg_level = (int)(option >> 32);
    one->cmsg_type = (int)option;
    size_t size = code_message(coder, one->cmsg_level, one->cmsg_type, CMSG_DATA(one), 0,
                               room - at - CMSG_LEN(0));
    one->cmsg_len = CMSG_LEN(size);
    return MIN(at + CMSG_SPACE(size), room);
}

static size_t unpack_control(const struct coder *coder, uint8_t *bytes, size_t room)
{
    uint64_t count = coder_number(coder, 0);
    size_t at = 0;
    for (; count > 0 && coder->opened->good; count--)
        at = unpack_message(coder, bytes, at, room);
    return at;
}

size_t layout_control(const struct coder *coder, void *bytes, size_t size, size_t room)
{
    struct msghdr all = {.msg_control = bytes, .msg_controllen = size};
    uint64_t count = 0;
    if (coder->frame == NULL)
        return unpack_control(coder, bytes, room);
    for (struct cmsghdr *one = CMSG_FIRSTHDR(&all); one != NULL; one = CMSG_NXTHDR(&all, one))
        count++;
    CODE(coder, count);
    for (struct cmsghdr *one = CMSG_FIRSTHDR(&all); one != NULL; one = CMSG_NXTHDR(&all, one))
        pack_message(coder, one, (const uint8_t *)bytes + size);
    return size;
}

/* --- lists ------------------------------------------------------------------------------------ */

/* So many of one kind, without those at the end that are 0. */
static size_t code_list(const struct coder *coder, enum member_kind kind, void *bytes, size_t size,
                        size_t room)
{
    const struct member_run list[] = {{kind, room / size_of(kind)}, {KIND_END, 0}};
    size_t used = size / size_of(kind) * size_of(kind);
    while (coder->frame != NULL && used > 0 &&
           number_at((uint8_t *)bytes + used - size_of(kind), size_of(kind)) == 0)
        used -= size_of(kind);
    used = code_runs(coder, list, bytes, used, room);
    if (coder->frame == NULL)
        memset((uint8_t *)bytes + used, 0, room - used);
    return used;
}

size_t layout_narrow(const struct coder *coder, void *bytes, size_t size, size_t room)
{
    return code_list(coder, KIND_4, bytes, size, room);
}

size_t layout_wide(const struct coder *coder, void *bytes, size_t size, size_t room)
{
    return code_list(coder, KIND_8, bytes, size, room);
}

size_t layout_events(const struct coder *coder, void *bytes, size_t size, size_t room)
{
    struct epoll_event one = {0};
    uint64_t count = size / sizeof one, fits = room / sizeof one;
    CODE(coder, count);
    for (uint64_t i = 0; i < count && i < fits; i++) {
        uint8_t *at = (uint8_t *)bytes + i * sizeof one;
        if (coder->frame != NULL)
            memcpy(&one, at, sizeof one);
        CODE_FLAGS(coder, GROUP_EPOLL, one.events);
        CODE(coder, one.data.fd);
        memcpy(at, &one, sizeof one);
    }
    if (count > fits)
        coder_refuse(coder);
    return MIN(count, fits) * sizeof one;
}
