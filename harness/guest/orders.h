/* SPDX-License-Identifier: MIT */
/*
 * The orders of a guest's first process, one a line:
 *
 *     insmod PATH      load a module
 *     cd FOLDER        the engine's working folder
 *     PROGRAM          the engine, and on each line that follows one argument for it
 */
#ifndef SOCKPROOF_GUEST_ORDERS_H
#define SOCKPROOF_GUEST_ORDERS_H

#include <stdbool.h>

enum { ORDERS_MAX = 64, ORDERS_WORDS = 64 };

enum order_kind { ORDER_INSMOD, ORDER_CD };

struct guest_order {
    enum order_kind kind;
    const char *path;
};

struct orders {
    int count;
    struct guest_order order[ORDERS_MAX]; /* before the program, in their order */
    char *words[ORDERS_WORDS + 1];        /* of the program; NULL terminated */
};

/* Reads the orders that stand in text, which is changed and must last as long as they. Empty lines
   count for nothing. False with errno when there are too many (E2BIG), or no program is
   among them (ENOEXEC); what fits is there.
 */
bool orders_read(struct orders *orders, char *text);

#endif
