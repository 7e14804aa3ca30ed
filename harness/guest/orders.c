/* SPDX-License-Identifier: MIT */
#include "guest/orders.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *word; /* with the blank behind it */
    enum order_kind kind;
} kinds[] = {{"insmod ", ORDER_INSMOD}, {"cd ", ORDER_CD}};

/* The order that a line is; path NULL when it is none. */
static struct guest_order order_of(const char *line)
{
    struct guest_order order = {.path = NULL};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].word);
        if (strncmp(line, kinds[i].word, length) == 0)
            order = (struct guest_order){kinds[i].kind, line + length};
    }
    return order;
}

bool orders_read(struct orders *orders, char *text)
{
    int words = 0;
    bool all = true;
    memset(orders, 0, sizeof *orders);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        struct guest_order order = words == 0 ? order_of(line) : (struct guest_order){.path = NULL};
        if (order.path == NULL && words < ORDERS_WORDS)
            orders->words[words++] = line;
        else if (order.path != NULL && orders->count < ORDERS_MAX)
            orders->order[orders->count++] = order;
        else
            all = false;
    }
    if (!all || words == 0)
        errno = all ? ENOEXEC : E2BIG;
    return all && words > 0;
}
