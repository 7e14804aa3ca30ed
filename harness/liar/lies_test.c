/* SPDX-License-Identifier: MIT */
#include "liar/lies.h"

#include "liar/packet_lie.h"

#include <criterion/criterion.h>
#include <string.h>

static size_t visited, of_packets;

static void visit(const char *name, const char *says)
{
    visited++;
    of_packets += strncmp(name, "packet/", strlen("packet/")) == 0;
    cr_assert(lies_know(name), "%s", name);
    cr_assert_gt(strlen(says), 0, "%s", name);
    bool told = packet_lie_find(name) != NULL || lies_stack("linux", name) != NULL ||
                lies_stack("usrsctp", name) != NULL;
    cr_assert(told, "%s is told by nobody", name);
}

Test(lies, every_one_is_known_and_told_by_somebody)
{
    lies_each(visit);
    cr_assert_gt(visited - of_packets, 200);
    cr_assert_gt(of_packets, 60);
    cr_assert_not(lies_know("recv/truth"));
}

Test(lies, each_is_told_in_the_place_of_its_own_stack)
{
    cr_assert_str_eq(lies_stack("linux", "recv/errno")->name, "linux");
    cr_assert_str_eq(lies_stack("usrsctp", "sctp/order")->name, "usrsctp");
    cr_assert_null(lies_stack("linux", "sctp/order"));
    cr_assert_null(lies_stack("usrsctp", "recv/errno"));
    cr_assert_null(lies_stack("linux", "packet/ttl"));
    cr_assert(lies_can("linux") && lies_can("usrsctp"));
    cr_assert_not(lies_can("lwip"));
    cr_assert_null(lies_stack("lwip", "recv/errno"));
}
