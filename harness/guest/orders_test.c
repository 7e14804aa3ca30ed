/* SPDX-License-Identifier: MIT */
#include "guest/orders.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct orders orders;
static char text[8192];

static bool reads(const char *plan)
{
    strcpy(text, plan);
    return orders_read(&orders, text);
}

Test(orders, what_comes_before_the_program_is_done_in_order_and_the_rest_are_its_words)
{
    cr_assert(reads("insmod /lib/a.ko\ncd /mnt/root\n\ninsmod /lib/b b.ko\n/engine\nrun\ncd x\n"));
    cr_assert_eq(orders.count, 3);
    cr_assert_eq(orders.order[0].kind, ORDER_INSMOD);
    cr_assert_str_eq(orders.order[0].path, "/lib/a.ko");
    cr_assert_eq(orders.order[1].kind, ORDER_CD);
    cr_assert_str_eq(orders.order[1].path, "/mnt/root");
    cr_assert_str_eq(orders.order[2].path, "/lib/b b.ko");
    cr_assert_str_eq(orders.words[0], "/engine");
    cr_assert_str_eq(orders.words[1], "run");
    cr_assert_str_eq(orders.words[2], "cd x");
    cr_assert_null(orders.words[3]);
}

Test(orders, without_a_program_there_is_nothing_to_run)
{
    cr_assert_not(reads(""));
    cr_assert_eq(errno, ENOEXEC);
    cr_assert_null(orders.words[0]);
    cr_assert_not(reads("cd /\n"));
    cr_assert_eq(orders.count, 1);
}

Test(orders, there_is_room_for_so_many_words_and_no_more)
{
    char plan[8192] = "/engine\n";
    for (int i = 1; i < ORDERS_WORDS; i++)
        strcat(plan, "word\n");
    cr_assert(reads(plan));
    cr_assert_str_eq(orders.words[ORDERS_WORDS - 1], "word");
    strcat(plan, "insmod x\nanother\n");
    cr_assert_not(reads(plan));
    cr_assert_eq(errno, E2BIG);
    cr_assert_eq(orders.count, 0);
    cr_assert_null(orders.words[ORDERS_WORDS]);
}

Test(orders, there_is_room_for_so_many_orders_and_no_more)
{
    char plan[8192] = "";
    for (int i = 0; i < ORDERS_MAX; i++)
        strcat(plan, "insmod x\n");
    strcat(plan, "/engine\n");
    cr_assert(reads(plan));
    cr_assert_eq(orders.count, ORDERS_MAX);
    memmove(plan + 9, plan, strlen(plan) + 1); /* one more, in front */
    cr_assert_not(reads(plan));
    cr_assert_str_eq(orders.words[0], "/engine");
}
