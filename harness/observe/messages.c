/* SPDX-License-Identifier: MIT */
#include "observe/messages.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

void messages_clear(struct messages *messages)
{
    messages->count = messages->arrival_count = 0;
    messages->has_streams = false;
    memset(messages->numbers, 0, sizeof messages->numbers);
}

void messages_free(struct messages *messages)
{
    free(messages->sent);
    free(messages->arrivals);
    *messages = (struct messages){.sent = NULL};
}

int64_t messages_add(struct messages *messages, int sender, int stream, const void *bytes,
                     size_t size)
{
    int64_t number = messages->numbers[sender % MESSAGES_SENDERS]++;
    messages->has_streams = messages->has_streams || stream >= 0;
    array_grow((void **)&messages->sent, messages->count, &messages->room, sizeof *messages->sent);
    messages->sent[messages->count++] = (struct message){sender, stream, number, bytes, size, 0};
    return number;
}

static bool may_be(const struct message *one, int receiver, const struct message_part *part)
{
    return one->sender != receiver && one->size >= part->least && one->size <= part->most &&
           memcmp(one->bytes, part->bytes, part->size) == 0;
}

/* The message with these bytes that was received least often: copies first come, last counted. Of
   two the one that is no longer than what came. */
static struct message *find_message(const struct messages *messages, int receiver,
                                    const struct message_part *part)
{
    struct message *best = NULL;
    for (size_t i = 0; i < messages->count; i++) {
        struct message *one = &messages->sent[i];
        bool better =
            best == NULL || one->received < best->received ||
            (one->received == best->received && one->size == part->size && best->size > part->size);
        if (better && may_be(one, receiver, part))
            best = one;
    }
    return best;
}

int64_t messages_look(const struct messages *messages, int receiver, struct message_part part)
{
    const struct message *message = find_message(messages, receiver, &part);
    return message != NULL ? message->number : -1;
}

int64_t messages_arrive(struct messages *messages, int receiver, struct message_part part)
{
    struct message *message = find_message(messages, receiver, &part);
    int64_t number = message != NULL ? message->number : -1;
    if (message != NULL)
        message->received++;
    array_grow((void **)&messages->arrivals, messages->arrival_count, &messages->arrival_room,
               sizeof *messages->arrivals);
    messages->arrivals[messages->arrival_count++] = (struct message_arrival){
        number, message != NULL ? message->sender : -1, message != NULL ? message->stream : -1};
    return number;
}

struct messages_counts messages_count(const struct messages *messages)
{
    struct messages_counts counts = {0, 0, 0};
    uint64_t now = 0;
    for (size_t i = 0; i < messages->count; i++) {
        int received = messages->sent[i].received;
        now = received == 0 ? now + 1 : 0;
        counts.longest_loss = now > counts.longest_loss ? now : counts.longest_loss;
        counts.lost += received == 0;
        counts.duplicated += received > 1 ? (uint64_t)received - 1 : 0;
    }
    return counts;
}

/* RFC 4737, 3.3 and 4.2: late is what comes below the highest seen; its extent is the distance to
   the earliest arrival that overtook it. */
static int64_t extent(const struct messages *messages, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (messages->arrivals[j].number > messages->arrivals[i].number)
            return (int64_t)(i - j);
    return 0;
}

/* An earlier arrival of the same stream was sent no earlier. */
static bool out_of_order(const struct messages *messages, size_t i)
{
    const struct message_arrival *late = &messages->arrivals[i];
    bool found = false;
    for (size_t j = 0; j < i && late->stream >= 0 && !found; j++)
        found = messages->arrivals[j].sender == late->sender &&
                messages->arrivals[j].stream == late->stream &&
                messages->arrivals[j].number >= late->number;
    return found;
}

/* Every stream's messages came in its order, once, and nothing that nobody sent. */
static bool exact_per_stream(const struct messages *messages, uint64_t corrupted)
{
    bool exact = corrupted == 0;
    for (size_t i = 0; i < messages->arrival_count && exact; i++)
        exact = !out_of_order(messages, i);
    return exact;
}

json_t *messages_ordering(const struct messages *messages, uint64_t corrupted)
{
    int64_t reordered = 0;
    int64_t longest = 0;
    int64_t expected = 0;
    for (size_t i = 0; i < messages->arrival_count; i++) {
        int64_t number = messages->arrivals[i].number;
        bool late = number >= 0 && number < expected;
        int64_t distance = late ? extent(messages, i) : 0;
        reordered += distance > 0;
        longest = distance > longest ? distance : longest;
        expected = number >= expected ? number + 1 : expected;
    }
    struct messages_counts counts = messages_count(messages);
    double ratio =
        messages->arrival_count == 0 ? 0 : (double)reordered / (double)messages->arrival_count;
    json_t *ordering =
        json_pack("{s:I, s:f, s:I, s:I, s:I}", "reordered", (json_int_t)reordered,
                  "reordered_ratio", ratio, "max_extent", (json_int_t)longest, "duplicated",
                  (json_int_t)counts.duplicated, "max_loss_run", (json_int_t)counts.longest_loss);
    if (messages->has_streams)
        json_object_set_new(ordering, "exact", json_boolean(exact_per_stream(messages, corrupted)));
    return ordering;
}
