#include "run/shared.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64 };

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
    shared->case_mark = shared->used;
    return shared;
}

void shared_clear(struct shared *shared)
{
    /* What large cases touched goes back to the machine; small pieces are zeroed on use. */
    static const uint64_t keep = 1 << 20;
    if (shared->used - shared->case_mark > keep)
        madvise((char *)shared + aligned(shared->case_mark + 4096) / 4096 * 4096,
                (shared->used - shared->case_mark) / 4096 * 4096, MADV_REMOVE);
    shared->used = shared->case_mark;
}

struct piece shared_alloc(struct shared *shared, size_t size)
{
    struct piece piece = {0, 0};
    if (size > SHARED_SIZE || shared->used + aligned(size) > SHARED_SIZE) {
        errno = ENOMEM;
    } else {
        piece = (struct piece){shared->used, size};
        shared->used += aligned(size == 0 ? 1 : size);
        memset(shared_at(shared, piece), 0, size);
    }
    return piece;
}

void *shared_at(struct shared *shared, struct piece piece)
{
    return piece.offset == 0 ? NULL : (char *)shared + piece.offset;
}
