/* SPDX-License-Identifier: MIT */
#include "case/constant.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

Test(constant, found_in_its_group_only)
{
    cr_assert_eq(constant_find(GROUP_ERRNO, "ECONNRESET")->value, ECONNRESET);
    cr_assert_eq(constant_find(GROUP_MSG, "MSG_PEEK")->value, MSG_PEEK);
    cr_assert_null(constant_find(GROUP_MSG, "ECONNRESET"));
    cr_assert_null(constant_find(GROUP_ERRNO, "ECONNRESTE"));
}

Test(constant, the_usual_name_comes_first)
{
    cr_assert_str_eq(constant_name(GROUP_ERRNO, EWOULDBLOCK), "EAGAIN");
    cr_assert_str_eq(constant_name(GROUP_TCP_FLAG, 0x10), "ACK");
    cr_assert_null(constant_name(GROUP_ERRNO, 99999));
}

Test(constant, no_name_stands_twice_in_a_group)
{
    for (const struct constant *one = constant_table(); one->name != NULL; one++)
        cr_assert_eq(constant_find(one->group, one->name), one, "%s", one->name);
    for (const struct option *one = option_table(); one->name != NULL; one++)
        cr_assert_eq(option_find(one->name), one, "%s", one->name);
}

Test(constant, a_group_stands_in_one_piece)
{
    const struct constant *one = constant_table();
    enum constant_group before = one->group;
    bool over[GROUP_COUNT] = {false};
    for (; one->name != NULL; one++) {
        over[before] = over[before] || one->group != before;
        cr_assert(!over[one->group], "%s stands apart from its group", one->name);
        before = one->group;
    }
}

Test(constant, every_group_has_names)
{
    for (int group = 0; group < GROUP_COUNT; group++) {
        const char *const *names = constant_names((enum constant_group)group);
        cr_assert_not_null(names[0]);
        for (; *names != NULL; names++)
            cr_assert_not_null(constant_find((enum constant_group)group, *names));
    }
}

Test(constant, options_know_level_and_type)
{
    const struct option *option = option_find("SO_RCVTIMEO");
    cr_assert_eq(option->level, SOL_SOCKET);
    cr_assert_eq(option->number, SO_RCVTIMEO);
    cr_assert_eq(option->type, OPTION_TIME);
    cr_assert_eq(option_find("IPV6_RECVERR")->level, IPPROTO_IPV6);
    cr_assert_eq(option_find("TCP_INFO")->type, OPTION_TCPINFO);
    cr_assert_eq(option_find("SCTP_INITMSG")->type, OPTION_SCTP);
    cr_assert_null(option_find("SO_RCVBUFF"));
}
