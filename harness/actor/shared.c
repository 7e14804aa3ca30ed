/* SPDX-License-Identifier: MIT */
#include "actor/shared.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64 };

static const uint64_t MARK = UINT64_C(0x7368617265642121);

/* The process's own, in the page before the memory. */
struct books {
    uint64_t room;    /* of data: MEMORY_MAX bytes, or fewer where addresses have 32 bits */
    uint64_t used;    /* end of the allocated part */
    uint64_t touched; /* what lies behind is as mmap gave it: zeros, and no memory yet */
};

/* Where addresses have 32 bits a process may have fewer of them than MEMORY_MAX asks for: a relay
   there makes do with what it gets, down to this. */
#define FEW_ADDRESSES (sizeof(void *) < 8)
enum { ROOM_LEAST = 64 << 20 };

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
static size_t whole_size(uint64_t room)
{
    return (size_t)(first() + room);
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

/* NULL: there is no place for so much. */
static struct shared *mapped(uint64_t room)
{
    size_t size = whole_size(room);
    char *memory = mmap(NULL, BOOKS_SIZE + size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    void *place = mmap(memory + BOOKS_SIZE, size, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    if (place == MAP_FAILED) {
        munmap(memory, BOOKS_SIZE + size);
        return NULL;
    }
    *books_of(place) = (struct books){room, first(), first()};
    return place;
}

struct shared *shared_new(void)
{
    uint64_t room = MEMORY_MAX;
    struct shared *shared = mapped(room);
    while (shared == NULL && FEW_ADDRESSES && room > ROOM_LEAST) {
        room /= 2;
        shared = mapped(room);
    }
    if (shared != NULL)
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
    if (size > books->room || books->used + aligned(size) > first() + books->room) {
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
    uint64_t end = first() + books->room;
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
