/* SPDX-License-Identifier: MIT */
#include "trial/memory.h"

#include "base/amount.h"
#include "case/limit.h"

struct piece memory_new(struct trial *trial, size_t size)
{
    struct piece piece = shared_alloc(trial->stage->shared, size);
    if (piece.offset == 0)
        trial_broken(trial, CODE_TOO_LARGE,
                     "the case asks for %zu bytes more than the %llu that it has room for", size,
                     (unsigned long long)MEMORY_MAX);
    return piece;
}

struct piece memory_many(struct trial *trial, int64_t count, int64_t size)
{
    return memory_new(trial, amount_times(amount_of(count), amount_of(size)));
}

void *memory_at(const struct trial *trial, struct piece piece)
{
    return shared_at(trial->stage->shared, piece);
}

bool memory_made(const struct pending *pending, size_t size)
{
    const struct descriptor *one = pending->descriptor;
    return size >= LONG_FROM && pending->group == NULL && one != NULL && !one->message;
}
