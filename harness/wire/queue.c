/* SPDX-License-Identifier: MIT */
#include "wire/queue.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

void queue_begin(struct queue *queue)
{
    queue->first = NULL;
    queue->end = &queue->first;
}

void queue_add(struct queue *queue, struct waiting *waiting)
{
    waiting->next = NULL;
    *queue->end = waiting;
    queue->end = &waiting->next;
}

void queue_copy(struct queue *queue, const struct packet *packet, enum side from,
                enum wire_action action, const char *fault, struct keeping keeping)
{
    struct waiting *waiting = arena_must(malloc(sizeof *waiting + packet->size));
    *waiting = (struct waiting){
        .from = from, .action = action, .fault = fault, .keeping = keeping, .size = packet->size};
    memcpy(waiting->frame, packet->frame, packet->size);
    queue_add(queue, waiting);
}

struct waiting *queue_take(struct queue *queue)
{
    struct waiting *first = queue->first;
    if (first != NULL)
        queue->first = first->next;
    if (queue->first == NULL)
        queue->end = &queue->first;
    return first;
}

void queue_empty(struct queue *queue)
{
    struct waiting *one = NULL;
    while ((one = queue_take(queue)) != NULL)
        free(one);
}
