/* SPDX-License-Identifier: MIT */
#include "actor/shared.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64 };

/* Of address space: pages come as they are used. */
#define SHARED_SIZE (aligned(sizeof(struct shared)) + MEMORY_MAX)

static uint64_t aligned(uint64_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

struct shared *shared_new(void)
{
    struct shared *shared = mmap(NULL, SHARED_SIZE, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (shared == MAP_FAILED)
        return NULL;
    shared->used = aligned(sizeof *shared);
    shared->case_mark = shared->touched = shared->used;
    return shared;
}

void shared_clear(struct shared *shared)
{
    /* What large cases touched goes back to the machine; small pieces are zeroed on use. Emulators
       take the advice and do nothing. */
    static const uint64_t keep = 1 << 20;
    uint64_t page = (shared->case_mark + 4095) / 4096 * 4096;
    if (shared->used - shared->case_mark > keep) {
        volatile char *first = (char *)shared + page;
        *first = 1;
        if (madvise((void *)first, (shared->touched - page + 4095) / 4096 * 4096, MADV_REMOVE) ==
                0 &&
            *first == 0)
            shared->touched = page;
    }
    shared->used = shared->case_mark;
}

/* Zeroes of the piece what was touched before, and touches what is used. */
static void clean(struct shared *shared, struct piece piece)
{
    if (piece.offset < shared->touched)
        memset(shared_at(shared, piece), 0,
               piece.size < shared->touched - piece.offset ? piece.size
                                                           : shared->touched - piece.offset);
    shared->touched = shared->used > shared->touched ? shared->used : shared->touched;
}

struct piece shared_alloc(struct shared *shared, size_t size)
{
    struct piece piece = {0, 0};
    if (size > MEMORY_MAX || shared->used + aligned(size) > shared->case_mark + MEMORY_MAX) {
        errno = ENOMEM;
    } else {
        piece = (struct piece){shared->used, size};
        shared->used += aligned(size == 0 ? 1 : size);
        clean(shared, piece);
    }
    return piece;
}

bool shared_take(struct shared *shared, struct piece piece)
{
    uint64_t end = shared->case_mark + MEMORY_MAX;
    bool inside = piece.offset >= shared->case_mark && piece.offset % ALIGNMENT == 0 &&
                  piece.offset < end && piece.size <= end - piece.offset;
    if (inside && shared->used < piece.offset + piece.size)
        shared->used = piece.offset + piece.size;
    if (inside)
        clean(shared, piece);
    return inside;
}

void *shared_at(struct shared *shared, struct piece piece)
{
    return piece.offset == 0 ? NULL : (char *)shared + piece.offset;
}
