/* SPDX-License-Identifier: MIT */
#include "preload/choice.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static struct sockaddr_in here; /* of a listening socket */
static int own;                 /* connected to it */

static void setup(void)
{
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    here = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    cr_assert_eq(bind(listener, (struct sockaddr *)&here, sizeof here), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&here, &size), 0);
    cr_assert_eq(listen(listener, 1), 0);
    own = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(own, (struct sockaddr *)&here, sizeof here), 0);
}

TestSuite(choice, .init = setup, .timeout = 10);

static struct selector to_port(unsigned port)
{
    return (struct selector){.by_peer = true, .any_address = true, .port = (uint16_t)port};
}

static struct selector to_here(void)
{
    return to_port(ntohs(here.sin_port));
}

static struct wrapped moving(int fd)
{
    return (struct wrapped){.kind = WRAPPED_MOVE, .meeting.fd = fd, .meeting.whole = 1};
}

Test(choice, a_selector_of_nothing_is_about_every_call)
{
    struct selector any = {.by_peer = false};
    struct wrapped wrapped = moving(own);
    cr_assert(choice_selects(&wrapped, &any));
}

Test(choice, by_descriptor)
{
    struct selector selector = {.by_fd = true, .fd = own};
    struct wrapped wrapped = moving(own), other = moving(own + 1);
    cr_assert(choice_selects(&wrapped, &selector));
    cr_assert_not(choice_selects(&other, &selector));
}

Test(choice, by_the_peer_of_the_socket)
{
    struct selector right = to_here(), wrong = to_port(1);
    struct wrapped wrapped = moving(own), none = moving(-1);
    cr_assert(choice_selects(&wrapped, &right));
    cr_assert_not(choice_selects(&wrapped, &wrong));
    cr_assert_not(choice_selects(&none, &right));
}

/* A datagram may go elsewhere than its socket is connected to. */
Test(choice, the_peer_that_a_call_names_goes_before)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(9)};
    struct selector to_nine = to_port(9), right = to_here();
    struct wrapped wrapped = moving(own);
    wrapped.meeting.peer = (struct sockaddr *)&there;
    wrapped.meeting.peer_size = sizeof there;
    cr_assert(choice_selects(&wrapped, &to_nine));
    cr_assert_not(choice_selects(&wrapped, &right));
}

Test(choice, a_message_names_its_peer_when_it_is_sent)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(9)};
    struct msghdr header = {.msg_name = &there, .msg_namelen = sizeof there};
    struct selector to_nine = to_port(9), right = to_here();
    struct wrapped wrapped = moving(own);
    wrapped.message = &header;
    wrapped.meeting.sends = true;
    cr_assert(choice_selects(&wrapped, &to_nine));
    wrapped.meeting.sends = false; /* a receive has room there, and nobody in it yet */
    cr_assert_not(choice_selects(&wrapped, &to_nine));
    cr_assert(choice_selects(&wrapped, &right));
}

Test(choice, of_many_messages_the_first_names_it)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(9)};
    struct mmsghdr many[2] = {{.msg_hdr = {.msg_name = &there, .msg_namelen = sizeof there}}};
    struct selector to_nine = to_port(9);
    struct wrapped wrapped = moving(own);
    wrapped.vector = many;
    wrapped.meeting.sends = true;
    cr_assert(choice_selects(&wrapped, &to_nine));
}

Test(choice, a_wait_is_about_all_that_it_waits_for)
{
    struct pollfd list[2] = {{.fd = -1}, {.fd = own}};
    struct selector by_fd = {.by_fd = true, .fd = own}, right = to_here(), wrong = to_port(1);
    struct wrapped wrapped = {
        .kind = WRAPPED_WAIT, .meeting.fd = -1, .list = list, .list_count = 2};
    cr_assert(choice_selects(&wrapped, &by_fd));
    cr_assert(choice_selects(&wrapped, &right));
    cr_assert_not(choice_selects(&wrapped, &wrong));
    wrapped.list_count = 1;
    cr_assert_not(choice_selects(&wrapped, &by_fd));
}

Test(choice, so_is_a_select)
{
    fd_set set;
    struct selector by_fd = {.by_fd = true, .fd = own};
    struct wrapped wrapped = {
        .kind = WRAPPED_WAIT, .meeting.fd = -1, .sets = {NULL, &set, NULL}, .set_count = own + 1};
    FD_ZERO(&set);
    cr_assert_not(choice_selects(&wrapped, &by_fd));
    FD_SET(own, &set);
    cr_assert(choice_selects(&wrapped, &by_fd));
    wrapped.set_count = own;
    cr_assert_not(choice_selects(&wrapped, &by_fd), "a set counts as far as the call says");
}

Test(choice, an_epoll_ctl_is_about_what_it_watches)
{
    struct selector by_fd = {.by_fd = true, .fd = own}, right = to_here();
    struct wrapped wrapped = {.kind = WRAPPED_WATCH, .meeting.fd = own + 1, .other = own};
    cr_assert(choice_selects(&wrapped, &by_fd));
    cr_assert(choice_selects(&wrapped, &right));
}

Test(choice, by_thread_and_process)
{
    struct selector thread = {.thread = "x/1"}, other = {.thread = "0.1"},
                    process = {.process = "9"};
    struct wrapped wrapped = moving(own);
    cr_assert(choice_selects(&wrapped, &thread), "this thread was made by nobody that is known");
    cr_assert_not(choice_selects(&wrapped, &other));
    cr_assert_not(choice_selects(&wrapped, &process));
}

/* All that a selector says must hold. */
Test(choice, one_that_fails_is_enough)
{
    struct selector selector = to_here();
    struct wrapped wrapped = moving(own);
    selector.by_fd = true;
    selector.fd = own + 1;
    cr_assert_not(choice_selects(&wrapped, &selector));
}
