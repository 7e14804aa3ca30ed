/* SPDX-License-Identifier: MIT */
#include "actor/shared.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64 };

static const uint64_t MARK = UINT64_C(0x7368617265642121);

/* The process's own, in the page before the memory. */
struct books {
    uint64_t used;    /* end of the allocated part */
    uint64_t touched; /* what lies behind is as mmap gave it: zeros, and no memory yet */
};

/* More than any page that there is. */
#define BOOKS_SIZE ((size_t)1 << 16)

static uint64_t aligned(uint64_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Where a case's pieces begin. */
static uint64_t first(void)
{
    return aligned(sizeof(struct shared));
}

/* Of address space: pages come as they are used. */
static size_t whole_size(void)
{
    return first() + MEMORY_MAX;
}

static struct books *books_of(struct shared *shared)
{
    return (struct books *)(void *)((char *)shared - BOOKS_SIZE);
}

void shared_mend(struct shared *shared)
{
    memset(shared, 0, sizeof *shared);
    shared->mark[0] = shared->mark[1] = MARK;
    shared->mark_behind_idle = shared->mark_behind_plan = shared->mark_at_end = MARK;
}

bool shared_whole(const struct shared *shared)
{
    return shared->mark[0] == MARK && shared->mark[1] == MARK && shared->mark_behind_idle == MARK &&
           shared->mark_behind_plan == MARK && shared->mark_at_end == MARK;
}

struct shared *shared_new(void)
{
    char *memory = mmap(NULL, BOOKS_SIZE + whole_size(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    void *place = mmap(memory + BOOKS_SIZE, whole_size(), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    if (place == MAP_FAILED) {
        munmap(memory, BOOKS_SIZE + whole_size());
        return NULL;
    }
    struct shared *shared = place;
    *books_of(shared) = (struct books){first(), first()};
    shared_mend(shared);
    return shared;
}

void shared_clear(struct shared *shared)
{
    /* What large cases touched goes back to the machine; small pieces are zeroed on use. Emulators
       take the advice and do nothing. */
    static const uint64_t keep = 1 << 20;
    struct books *books = books_of(shared);
    uint64_t page = (first() + 4095) / 4096 * 4096;
    if (books->used - first() > keep) {
        volatile char *byte = (char *)shared + page;
        *byte = 1;
        if (madvise((void *)byte, (books->touched - page + 4095) / 4096 * 4096, MADV_REMOVE) == 0 &&
            *byte == 0)
            books->touched = page;
    }
    books->used = first();
}

/* Zeroes of the piece what was touched before, and touches what is used. */
static void clean(struct shared *shared, struct piece piece)
{
    struct books *books = books_of(shared);
    if (piece.offset < books->touched)
        memset(shared_at(shared, piece), 0,
               piece.size < books->touched - piece.offset ? piece.size
                                                          : books->touched - piece.offset);
    books->touched = books->used > books->touched ? books->used : books->touched;
}

struct piece shared_alloc(struct shared *shared, size_t size)
{
    struct piece piece = {0, 0};
    struct books *books = books_of(shared);
    if (size > MEMORY_MAX || books->used + aligned(size) > first() + MEMORY_MAX) {
        errno = ENOMEM;
    } else {
        piece = (struct piece){books->used, size};
        books->used += aligned(size == 0 ? 1 : size);
        clean(shared, piece);
    }
    return piece;
}

bool shared_take(struct shared *shared, struct piece piece)
{
    struct books *books = books_of(shared);
    uint64_t end = first() + MEMORY_MAX;
    bool inside = piece.offset >= first() && piece.offset % ALIGNMENT == 0 && piece.offset < end &&
                  piece.size <= end - piece.offset;
    if (inside && books->used < piece.offset + piece.size)
        books->used = piece.offset + piece.size;
    if (inside)
        clean(shared, piece);
    return inside;
}

void *shared_at(struct shared *shared, struct piece piece)
{
    return piece.offset == 0 ? NULL : (char *)shared + piece.offset;
}
