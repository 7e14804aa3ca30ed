/* SPDX-License-Identifier: MIT */
#include "wire/queue.h"

#include "wire/specimen.h"

#include <stdlib.h>

static void copies(struct queue *queue, const char *payload)
{
    struct packet packet = specimen_udp(AF_INET, payload);
    queue_copy(queue, &packet, SIDE_SERVER, WIRE_REORDER, "it", (struct keeping){7, false});
}

/* The first packet is that one; takes it. */
static void gives(struct queue *queue, const char *payload)
{
    struct packet packet;
    struct waiting *one = queue_take(queue);
    cr_assert_not_null(one, "%s", payload);
    cr_assert(packet_parse(&packet, one->frame, one->size));
    cr_assert_eq(memcmp(packet.frame + packet.payload, payload, strlen(payload)), 0);
    cr_assert(one->from == SIDE_SERVER && one->action == WIRE_REORDER);
    cr_assert_str_eq(one->fault, "it");
    free(one);
}

Test(queue, gives_in_order_what_was_put_in_also_when_it_was_empty_between)
{
    struct queue queue;
    queue_begin(&queue);
    cr_assert_null(queue_take(&queue));
    for (int round = 0; round < 2; round++) {
        copies(&queue, "a");
        copies(&queue, "b");
        gives(&queue, "a");
        copies(&queue, "c");
        gives(&queue, "b");
        gives(&queue, "c");
        cr_assert_null(queue_take(&queue));
    }
}

Test(queue, one_that_is_emptied_takes_again)
{
    struct queue queue;
    queue_begin(&queue);
    copies(&queue, "a");
    copies(&queue, "b");
    queue_empty(&queue);
    cr_assert_null(queue_take(&queue));
    copies(&queue, "c");
    gives(&queue, "c");
}
