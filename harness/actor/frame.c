/* SPDX-License-Identifier: MIT */
#include "actor/frame.h"

#include "base/arena.h"
#include "case/limit.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* All data of a case, and what is said of it. */
#define FRAME_MOST (MEMORY_MAX + ((size_t)16 << 20))

static void add(struct frame_out *frame, const void *bytes, size_t size)
{
    if (frame->size + size > frame->room) {
        frame->room = (frame->size + size) * 2;
        frame->bytes = arena_must(realloc(frame->bytes, frame->room));
    }
    if (size > 0)
        memcpy(frame->bytes + frame->size, bytes, size);
    frame->size += size;
}

void frame_begin(struct frame_out *frame, enum frame_kind kind)
{
    uint32_t head[2] = {htole32(kind), 0};
    frame->size = 0;
    add(frame, head, sizeof head);
}

void frame_number(struct frame_out *frame, uint64_t number)
{
    uint64_t little = htole64(number);
    add(frame, &little, sizeof little);
}

void frame_bytes(struct frame_out *frame, const void *bytes, size_t size)
{
    add(frame, bytes, size);
}

void frame_end(struct frame_out *frame)
{
    uint32_t size = htole32((uint32_t)(frame->size - FRAME_HEAD));
    memcpy(frame->bytes + sizeof size, &size, sizeof size);
}

void frame_free(struct frame_out *frame)
{
    free(frame->bytes);
    *frame = (struct frame_out){0};
}

bool frame_head(const uint8_t head[FRAME_HEAD], enum frame_kind *kind, size_t *size)
{
    uint32_t numbers[2];
    memcpy(numbers, head, sizeof numbers);
    *kind = (enum frame_kind)le32toh(numbers[0]);
    *size = le32toh(numbers[1]);
    return *kind >= FRAME_HELLO && *kind < FRAME_KINDS && *size <= FRAME_MOST;
}

struct opened frame_open(const uint8_t *bytes, size_t size)
{
    return (struct opened){.at = bytes, .left = size, .good = true};
}

const void *opened_bytes(struct opened *opened, size_t size)
{
    const void *bytes = opened->at;
    if (!opened->good || size > opened->left) {
        opened->good = false;
        return NULL;
    }
    opened->at += size;
    opened->left -= size;
    return bytes;
}

uint64_t opened_number(struct opened *opened)
{
    uint64_t little = 0;
    const void *bytes = opened_bytes(opened, sizeof little);
    if (bytes != NULL)
        memcpy(&little, bytes, sizeof little);
    return le64toh(little);
}
