/* SPDX-License-Identifier: MIT */
#include "fault/point.h"

#include <criterion/criterion.h>

#define BIT(name) (UINT64_C(1) << POINT_##name)

Test(point, every_name_is_that_of_its_point)
{
    for (int i = 0; i < POINT_COUNT; i++)
        cr_assert_eq(point_find(point_info((enum point)i)->name), UINT64_C(1) << i, "%s",
                     point_info((enum point)i)->name);
}

Test(point, an_alias_is_its_point_and_a_group_all_of_its_own)
{
    cr_assert_eq(point_find("accept4"), BIT(accept));
    cr_assert_eq(point_find("pselect"), BIT(select));
    cr_assert_eq(point_find("wait"), BIT(poll) | BIT(select) | BIT(epoll_wait));
    uint64_t receive = point_find("receive");
    for (int i = 0; i < POINT_COUNT; i++) {
        bool own = point_info((enum point)i)->group == GROUP_receive;
        cr_assert_eq((receive >> i & 1) != 0, own, "%s", point_info((enum point)i)->name);
    }
}

Test(point, other_words_are_none)
{
    const char *const others[] = {"", "none", "recvv", "rec", "RECV", "open"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_eq(point_find(others[i]), 0, "%s", others[i]);
}

/* Who sends or receives moves something, and nobody else. */
Test(point, groups_and_kinds_agree)
{
    for (int i = 0; i < POINT_COUNT; i++) {
        const struct point_info *info = point_info((enum point)i);
        bool transfers = info->group == GROUP_receive || info->group == GROUP_transmit;
        cr_assert_eq(point_moves(info->kind), transfers, "%s", info->name);
        cr_assert_eq(info->kind == KIND_WAIT, info->group == GROUP_wait, "%s", info->name);
        cr_assert_eq(info->kind == KIND_NAME, info->group == GROUP_name, "%s", info->name);
    }
}
