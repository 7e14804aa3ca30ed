#include "wire/queue.h"

#include <stdlib.h>

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
