#include "trial/memory.h"

/* From this size on a pattern is made piece by piece. */
#define LONG_FROM ((size_t)16 << 20)

struct piece memory_new(struct trial *trial, size_t size)
{
    struct piece piece = shared_alloc(trial->stage->shared, size);
    if (piece.offset == 0)
        trial_broken(trial, CODE_TOO_LARGE,
                     "the case moves more data than a worker has room for (%zu bytes more)", size);
    return piece;
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
