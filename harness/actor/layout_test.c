/* SPDX-License-Identifier: MIT */
#include "actor/layout.h"

#include "actor/frame_proof.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/if_packet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/time.h>

enum { ROOM = 512, GUARD = 0xa5 };

static _Alignas(16) uint8_t here[ROOM], there[ROOM];

#define OPTION(level, number) ((int64_t)(level) << 32 | (uint32_t)(number))
#define TEXT(bytes) (const uint8_t *)(bytes), sizeof(bytes) - 1

static void begin(void)
{
    memset(here, 0, sizeof here);
    memset(there, GUARD, sizeof there);
    proof_pack();
}

TestSuite(layout, .init = begin);

/* Behind what there was room for nothing was written. */
static void stayed_within(size_t room)
{
    for (size_t i = room; i < sizeof there; i++)
        cr_assert_eq(there[i], GUARD, "%zu", i);
}

static void option_goes(int64_t option, const void *value, size_t size, const uint8_t *sent,
                        size_t length)
{
    begin();
    memcpy(here, value, size);
    cr_assert_eq(layout_option(&packing, option, here, size, size), size);
    proof_packed(sent, length);
    proof_unpack(sent, length);
    cr_assert_eq(layout_option(&unpacking, option, there, 0, size), size);
    proof_understood();
    cr_assert_arr_eq(there, value, size);
    stayed_within(size);
}

Test(layout, an_option_goes_member_by_member)
{
    const int number = -5;
    const uint8_t a_number[] = {LITTLE(1), LITTLE(-5), LITTLE(0)};
    option_goes(OPTION(SOL_SOCKET, SO_RCVBUF), &number, sizeof number, a_number, sizeof a_number);
    const struct linger linger = {1, 30};
    const uint8_t two[] = {LITTLE(2), LITTLE(1), LITTLE(30), LITTLE(0)};
    option_goes(OPTION(SOL_SOCKET, SO_LINGER), &linger, sizeof linger, two, sizeof two);
    const uint64_t wide = UINT64_C(0x0123456789abcdef);
    const uint8_t one_wide[] = {LITTLE(1), LITTLE(wide), LITTLE(0)};
    option_goes(OPTION(SOL_SOCKET, SO_COOKIE), &wide, sizeof wide, one_wide, sizeof one_wide);
}

/* Of two words, which are shorter elsewhere. */
Test(layout, a_time_has_words_of_the_machine)
{
    const struct timeval time = {-7, 250000};
    const uint8_t sent[] = {LITTLE(2), LITTLE(-7), LITTLE(250000), LITTLE(0)};
    option_goes(OPTION(SOL_SOCKET, SO_RCVTIMEO), &time, sizeof time, sent, sizeof sent);
    begin();
    proof_unpack(sent, sizeof sent);
    cr_assert_eq(layout_request(&unpacking, constant_find(GROUP_IOCTL, "SIOCGSTAMP")->value, there,
                                sizeof time),
                 sizeof time);
    cr_assert_arr_eq(there, &time, sizeof time);
}

Test(layout, options_that_are_constants_go_by_name)
{
    const int error = ECONNREFUSED, type = SOCK_DGRAM, protocol = IPPROTO_UDP;
    const uint8_t refused[] = {LITTLE(1), LITTLE(place(GROUP_ERRNO, "ECONNREFUSED")), LITTLE(0)};
    const uint8_t dgram[] = {LITTLE(1), LITTLE(place(GROUP_SOCKET_TYPE, "SOCK_DGRAM")), LITTLE(0)};
    const uint8_t udp[] = {LITTLE(1), LITTLE(place(GROUP_PROTOCOL, "IPPROTO_UDP")), LITTLE(0)};
    option_goes(OPTION(SOL_SOCKET, SO_ERROR), &error, sizeof error, refused, sizeof refused);
    option_goes(OPTION(SOL_SOCKET, SO_TYPE), &type, sizeof type, dgram, sizeof dgram);
    option_goes(OPTION(SOL_SOCKET, SO_PROTOCOL), &protocol, sizeof protocol, udp, sizeof udp);
}

/* A shorter one than the option is, and what nobody knows. */
Test(layout, what_is_no_whole_member_goes_as_it_is)
{
    const uint8_t cut[] = {LITTLE(0), LITTLE(3), 'a', 'b', 'c'};
    option_goes(OPTION(SOL_SOCKET, SO_RCVBUF), "abc", 3, cut, sizeof cut);
    const uint8_t text[] = {LITTLE(0), LITTLE(5), 'c', 'u', 'b', 'i', 'c'};
    option_goes(OPTION(IPPROTO_TCP, TCP_CONGESTION), "cubic", 5, text, sizeof text);
    const uint8_t nothing[] = {LITTLE(0), LITTLE(0)};
    option_goes(OPTION(SOL_SOCKET, SO_RCVBUF), "", 0, nothing, sizeof nothing);
}

/* Wherever it is cut; the windows' scales share a byte in the machine's order. */
Test(layout, the_state_of_tcp_arrives_at_every_length)
{
    const size_t most = sizeof(struct tcp_info) + 5;
    int64_t option = OPTION(IPPROTO_TCP, TCP_INFO);
    for (size_t size = 0; size <= most; size++) {
        begin();
        for (size_t i = 0; i < size; i++)
            here[i] = (uint8_t)(i * 7 + 1);
        cr_assert_eq(layout_option(&packing, option, here, size, size), size);
        proof_unpack_packed(0);
        cr_assert_eq(layout_option(&unpacking, option, there, 0, size), size);
        proof_understood();
        cr_assert_arr_eq(there, here, size);
        stayed_within(size);
    }
    struct tcp_info *info = (struct tcp_info *)here;
    info->tcpi_snd_wscale = 7;
    info->tcpi_rcv_wscale = 9;
    begin();
    info->tcpi_snd_wscale = 7;
    info->tcpi_rcv_wscale = 9;
    const uint8_t sent[] = {LITTLE(7), 0, 0, 0, 0, 0, 0, LITTLE(0x97), LITTLE(0)};
    layout_option(&packing, option, here, 7, 7);
    proof_packed(sent, sizeof sent);
}

static void address_goes(const void *address, size_t size, const uint8_t *sent, size_t length)
{
    begin();
    memcpy(here, address, size);
    cr_assert_eq(layout_address(&packing, here, size, size), size);
    proof_packed(sent, length);
    proof_unpack(sent, length);
    cr_assert_eq(layout_address(&unpacking, there, 0, size), size);
    proof_understood();
    cr_assert_arr_eq(there, address, size);
    stayed_within(size);
}

Test(layout, an_address_has_a_family_by_name_and_the_rest_in_network_order)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(0x1234)};
    four.sin_addr.s_addr = htonl(0x7f000001);
    const uint8_t sent[] = {LITTLE(1),  LITTLE(place(GROUP_FAMILY, "AF_INET")),
                            LITTLE(0),  LITTLE(0),
                            LITTLE(14), 0x12,
                            0x34,       127,
                            0,          0,
                            1,          0,
                            0,          0,
                            0,          0,
                            0,          0,
                            0};
    address_goes(&four, sizeof four, sent, sizeof sent);
    const uint8_t nothing[] = {LITTLE(0), LITTLE(0)};
    address_goes("", 0, nothing, sizeof nothing);
    const uint8_t half[] = {LITTLE(0), LITTLE(1), 'x'};
    address_goes("x", 1, half, sizeof half);
}

Test(layout, a_scope_and_an_interface_are_numbers_of_the_machine)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_scope_id = 0x01020304};
    uint8_t sent[16 + 8 + 8 + 22 + 8 + 8] = {LITTLE(1), LITTLE(place(GROUP_FAMILY, "AF_INET6")),
                                             LITTLE(0), LITTLE(23)};
    const uint8_t end[] = {LITTLE(0x01020304), LITTLE(0)};
    memcpy(sent + sizeof sent - sizeof end, end, sizeof end);
    address_goes(&six, sizeof six, sent, sizeof sent);
    struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_ifindex = 0x0102, .sll_hatype = 772};
    const uint8_t linked[] = {LITTLE(1),
                              LITTLE(place(GROUP_FAMILY, "AF_PACKET")),
                              LITTLE(0),
                              LITTLE(14),
                              0,
                              0,
                              LITTLE(0x0102),
                              LITTLE(772),
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              LITTLE(0)};
    address_goes(&link, sizeof link, linked, sizeof linked);
}

/* --- control data ----------------------------------------------------------------------------- */

static struct cmsghdr *add(size_t *used, int level, int type, const void *data, size_t size)
{
    struct cmsghdr *one = (struct cmsghdr *)(here + *used);
    one->cmsg_level = level;
    one->cmsg_type = type;
    one->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(one), data, size);
    *used += CMSG_SPACE(size);
    return one;
}

struct offended {
    struct sock_extended_err error;
    struct sockaddr_in by;
};

static const struct offended offended = {{.ee_errno = ECONNREFUSED, .ee_origin = 2, .ee_info = 9},
                                         {.sin_family = AF_INET}};

static size_t add_all(void)
{
    const struct in_pktinfo info = {.ipi_ifindex = 3};
    const struct timeval stamps[3] = {{1, 2}, {3, 4}, {5, 6}};
    const uint16_t segment = 1200;
    const int hops = 64;
    size_t used = 0;
    add(&used, IPPROTO_IP, IP_TTL, &hops, sizeof hops);
    add(&used, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    add(&used, SOL_SOCKET, SO_TIMESTAMPING, stamps, sizeof stamps);
    add(&used, IPPROTO_UDP, 103 /* UDP_SEGMENT */, &segment, sizeof segment);
    add(&used, IPPROTO_IP, IP_RECVERR, &offended, sizeof offended);
    add(&used, 999, 998, "abc", 3);
    return used;
}

Test(layout, messages_arrive_behind_each_other)
{
    size_t used = add_all();
    cr_assert_eq(layout_control(&packing, here, used, used), used);
    proof_unpack_packed(0);
    cr_assert_eq(layout_control(&unpacking, there, 0, used), used);
    proof_understood();
    for (size_t at = 0; at < used;) {
        const struct cmsghdr *one = (struct cmsghdr *)(there + at);
        cr_assert_arr_eq(there + at, here + at, one->cmsg_len);
        at += CMSG_SPACE(one->cmsg_len - CMSG_LEN(0));
    }
    stayed_within(used);
}

/* Its headers and their padding, which are of other sizes elsewhere, are not in the frame. */
Test(layout, a_message_is_its_option_and_its_members)
{
    const int hops = 64;
    size_t used = 0;
    uint64_t at = (uint64_t)(option_numbered(IPPROTO_IP, IP_TTL) - option_table()) + 1;
    const uint8_t sent[] = {LITTLE(1), LITTLE(at), LITTLE(1), LITTLE(64), LITTLE(0)};
    add(&used, IPPROTO_IP, IP_TTL, &hops, sizeof hops);
    layout_control(&packing, here, used, used);
    proof_packed(sent, sizeof sent);
}

Test(layout, an_error_goes_by_name_with_the_address_of_who_offended)
{
    size_t used = 0;
    uint64_t at = (uint64_t)(option_numbered(IPPROTO_IP, IP_RECVERR) - option_table()) + 1;
    const uint8_t sent[] = {LITTLE(1),
                            LITTLE(at),
                            LITTLE(7),
                            LITTLE(place(GROUP_ERRNO, "ECONNREFUSED")),
                            2,
                            0,
                            0,
                            0,
                            LITTLE(9),
                            LITTLE(0),
                            LITTLE(0),
                            LITTLE(1),
                            LITTLE(place(GROUP_FAMILY, "AF_INET")),
                            LITTLE(0),
                            LITTLE(0),
                            LITTLE(14),
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0};
    add(&used, IPPROTO_IP, IP_RECVERR, &offended, sizeof offended);
    layout_control(&packing, here, used, used);
    proof_packed(sent, sizeof sent);
}

/* A length that the system tells and that is none: no more is looked at than there is. */
Test(layout, lengths_that_lie_are_not_believed)
{
    static const size_t lengths[] = {0, 1, sizeof(struct cmsghdr) - 1, 1000, SIZE_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        begin();
        size_t used = 0;
        struct cmsghdr *one = add(&used, SOL_SOCKET, SO_PRIORITY, "four", 4);
        one->cmsg_len = lengths[i];
        layout_control(&packing, here, used, used);
        proof_unpack_packed(0);
        cr_assert_leq(layout_control(&unpacking, there, 0, used), used);
        proof_understood();
        stayed_within(used);
    }
}

/* --- lists ------------------------------------------------------------------------------------ */

Test(layout, lists_lack_the_zeros_at_their_end_on_the_way_only)
{
    const int32_t narrow[] = {3, -1, 0, 0};
    const uint64_t wide[] = {0, 7, 0};
    const uint8_t sent[] = {LITTLE(2), LITTLE(3), LITTLE(-1), LITTLE(0),
                            LITTLE(2), LITTLE(0), LITTLE(7),  LITTLE(0)};
    layout_narrow(&packing, (void *)narrow, sizeof narrow, sizeof narrow);
    layout_wide(&packing, (void *)wide, sizeof wide, sizeof wide);
    proof_packed(sent, sizeof sent);
    proof_unpack(sent, sizeof sent);
    layout_narrow(&unpacking, there, 0, sizeof narrow);
    cr_assert_arr_eq(there, narrow, sizeof narrow);
    stayed_within(sizeof narrow);
    layout_wide(&unpacking, there, 0, sizeof wide);
    cr_assert_arr_eq(there, wide, sizeof wide);
    proof_understood();
}

/* The structure has a hole on some machines. */
Test(layout, events_go_by_name_with_their_descriptors)
{
    const struct epoll_event events[] = {{.events = EPOLLIN | EPOLLRDHUP, .data.fd = 5},
                                         {.events = EPOLLET, .data.fd = -1}};
    const uint8_t sent[] = {LITTLE(2),
                            LITTLE(bit(GROUP_EPOLL, "EPOLLIN") | bit(GROUP_EPOLL, "EPOLLRDHUP")),
                            LITTLE(0),
                            LITTLE(5),
                            LITTLE(bit(GROUP_EPOLL, "EPOLLET")),
                            LITTLE(0),
                            LITTLE(-1)};
    struct epoll_event found[2];
    layout_events(&packing, (void *)events, sizeof events, sizeof events);
    proof_packed(sent, sizeof sent);
    proof_unpack(sent, sizeof sent);
    cr_assert_eq(layout_events(&unpacking, found, 0, sizeof found), sizeof events);
    proof_understood();
    cr_assert(found[0].events == (EPOLLIN | EPOLLRDHUP) && found[0].data.fd == 5);
    cr_assert(found[1].events == EPOLLET && found[1].data.fd == -1);
}

/* --- what is none ----------------------------------------------------------------------------- */

static void is_refused(const uint8_t *bytes, size_t size, size_t room,
                       size_t (*layout)(const struct coder *coder, void *at, size_t size,
                                        size_t room))
{
    begin();
    proof_unpack(bytes, size);
    cr_assert_leq(layout(&unpacking, there, 0, room), room);
    cr_assert_not(proof_opened.good);
    stayed_within(room);
}

static size_t of_buffer(const struct coder *coder, void *at, size_t size, size_t room)
{
    return layout_option(coder, OPTION(SOL_SOCKET, SO_RCVBUF), at, size, room);
}

Test(layout, more_than_there_is_room_for_is_refused)
{
    const uint8_t members[] = {LITTLE(2), LITTLE(1), LITTLE(2), LITTLE(0)};
    is_refused(members, sizeof members, 8, of_buffer); /* the option has one */
    is_refused(members, sizeof members, 4, layout_narrow);
    is_refused(members, sizeof members, 3, of_buffer);
    const uint8_t many[] = {LITTLE(UINT64_MAX), LITTLE(1), LITTLE(0)};
    is_refused(many, sizeof many, 8, of_buffer);
    is_refused(many, sizeof many, 64, layout_narrow);
    is_refused(many, sizeof many, 64, layout_wide);
    is_refused(many, sizeof many, 64, layout_address);
    is_refused(many, sizeof many, 64, layout_control);
    is_refused(many, sizeof many, 64, layout_events);
    const uint8_t rest[] = {LITTLE(1), LITTLE(1), LITTLE(5), 'a', 'b', 'c', 'd', 'e'};
    is_refused(rest, sizeof rest, 8, of_buffer);
    const uint8_t wrapped[] = {LITTLE(1), LITTLE(1), LITTLE(UINT64_MAX), 'a'};
    is_refused(wrapped, sizeof wrapped, 8, of_buffer);
}

Test(layout, more_messages_and_events_than_there_is_room_for_are_refused)
{
    uint64_t at = (uint64_t)(option_numbered(IPPROTO_IP, IP_TTL) - option_table()) + 1;
    const uint8_t two[] = {LITTLE(2),  LITTLE(at), LITTLE(1),  LITTLE(64), LITTLE(0),
                           LITTLE(at), LITTLE(1),  LITTLE(64), LITTLE(0)};
    is_refused(two, sizeof two, CMSG_SPACE(4), layout_control);
    is_refused(two, sizeof two, CMSG_LEN(0) - 1, layout_control);
    is_refused(two, sizeof two, 0, layout_control);
    const uint8_t events[] = {LITTLE(2), LITTLE(0), LITTLE(0), LITTLE(1),
                              LITTLE(0), LITTLE(0), LITTLE(1)};
    is_refused(events, sizeof events, sizeof(struct epoll_event), layout_events);
}

/* Wherever it is cut off, and whichever of its numbers lies. */
Test(layout, no_bytes_lead_out_of_their_room)
{
    size_t used = add_all();
    layout_control(&packing, here, used, used);
    size_t whole = proof_frame.size - FRAME_HEAD;
    uint8_t *bytes = proof_frame.bytes + FRAME_HEAD;
    for (size_t size = 0; size < whole; size++) {
        memset(there, GUARD, sizeof there);
        proof_unpack(bytes, size);
        layout_control(&unpacking, there, 0, used);
        cr_assert_not(proof_opened.good, "%zu", size);
        stayed_within(used);
    }
    for (size_t i = 0; i < whole; i++) {
        uint8_t before = bytes[i];
        bytes[i] ^= 0xff;
        memset(there, GUARD, sizeof there);
        proof_unpack(bytes, whole);
        cr_assert_leq(layout_control(&unpacking, there, 0, used), used);
        stayed_within(used);
        bytes[i] = before;
    }
}
