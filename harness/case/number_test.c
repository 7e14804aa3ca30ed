/* SPDX-License-Identifier: MIT */
#include "case/number.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

static struct node word(const char *text)
{
    return (struct node){
        .kind = NODE_SCALAR, .plain = true, .text = (char *)text, .length = strlen(text)};
}

Test(number, quantities)
{
    struct node size = word("16KiB"), time = word("3ms"), name = word("SO_RCVBUF");
    struct node list = {.kind = NODE_LIST};
    cr_assert_eq(number_of(&size, 1), 16384);
    cr_assert_eq(number_of(&time, 1), 3000);
    cr_assert_eq(number_of(&name, 7), 7);
    cr_assert_eq(number_of(&list, 7), 7);
    cr_assert_eq(number_of(NULL, 7), 7);
}

Test(number, flags_are_ored_and_numbers_count_as_themselves)
{
    struct node peek = word("MSG_PEEK"), raw = word("0x10000");
    struct node list = {.kind = NODE_LIST, .first = &peek, .count = 2};
    peek.next = &raw;
    cr_assert_eq(number_flags(&list, GROUP_MSG), MSG_PEEK | 0x10000);
    cr_assert_eq(number_flags(&raw, GROUP_MSG), 0x10000);
    list.first = NULL;
    cr_assert_eq(number_flags(&list, GROUP_MSG), 0);
    cr_assert_eq(number_flags(NULL, GROUP_MSG), 0);
}

Test(number, a_set_of_names_is_a_set_of_bits)
{
    struct node one = word("SIGUSR1"), other = word("SIGPIPE");
    struct node list = {.kind = NODE_LIST, .first = &one, .count = 2};
    cr_assert_eq(number_bits(&one, GROUP_SIGNAL), UINT64_C(1) << SIGUSR1, "a scalar alone");
    one.next = &other;
    cr_assert_eq(number_bits(&list, GROUP_SIGNAL), UINT64_C(1) << SIGUSR1 | UINT64_C(1) << SIGPIPE);
    cr_assert_eq(number_bits(NULL, GROUP_SIGNAL), 0);
}
