/* SPDX-License-Identifier: MIT */
#include "packet/pcapng.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Block types and option codes of draft-ietf-opsawg-pcapng, sections 4 and 3.5. */
#define BLOCK_SECTION 0x0a0d0d0a
#define BLOCK_INTERFACE 1
#define BLOCK_PACKET 6
#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define LINKTYPE_ETHERNET 1
#define OPTION_END 0
#define OPTION_COMMENT 1
#define SECTION_USER_APPLICATION 4
#define INTERFACE_NAME 2
#define INTERFACE_RESOLUTION 9
#define PACKET_FLAGS 2
#define INBOUND 1
#define NANOSECONDS 9 /* the resolution is 10 to the minus this */
#define OPTION_MAX 65535

struct pcapng {
    FILE *stream;
};

/* One block is put together in memory, since its length stands at both ends of it. */
struct block {
    uint8_t *bytes;
    size_t size, room;
    bool failed;
};

static void add(struct block *block, const void *bytes, size_t size)
{
    static const uint8_t zeros[4];
    size_t padding = (4 - size % 4) % 4;
    if (block->size + size + padding > block->room) {
        size_t room = (block->size + size + padding) * 2;
        uint8_t *larger = realloc(block->bytes, room);
        if (larger == NULL) {
            block->failed = true;
            return;
        }
        block->bytes = larger;
        block->room = room;
    }
    if (block->bytes == NULL)
        return; /* nothing to add, and nothing before it */
    if (size > 0)
        memcpy(block->bytes + block->size, bytes, size);
    if (padding > 0)
        memcpy(block->bytes + block->size + size, zeros, padding);
    block->size += size + padding;
}

static void add32(struct block *block, uint32_t value)
{
    add(block, &value, sizeof value);
}

static void add_option(struct block *block, uint16_t code, const void *value, size_t size)
{
    size_t length = size < OPTION_MAX ? size : OPTION_MAX;
    uint16_t header[2] = {code, (uint16_t)length};
    add(block, header, sizeof header);
    add(block, value, length);
}

static void add_text(struct block *block, uint16_t code, const char *text)
{
    if (text != NULL && *text != '\0')
        add_option(block, code, text, strlen(text));
}

static void begin(struct block *block, uint32_t type)
{
    *block = (struct block){0};
    add32(block, type);
    add32(block, 0);
}

/* Fills in the lengths, writes the block and frees it. 0, or -1 with errno. */
static int finish(struct block *block, FILE *stream)
{
    add_option(block, OPTION_END, NULL, 0);
    uint32_t length = (uint32_t)block->size + 4;
    add32(block, length);
    int status = -1;
    if (block->failed) {
        errno = ENOMEM;
    } else {
        memcpy(block->bytes + 4, &length, sizeof length);
        status = fwrite(block->bytes, 1, block->size, stream) == block->size ? 0 : -1;
    }
    free(block->bytes);
    return status;
}

static int write_section(FILE *stream, const char *title)
{
    struct block block;
    const uint16_t version[2] = {1, 0};
    const int64_t unknown = -1; /* length of the section */
    begin(&block, BLOCK_SECTION);
    add32(&block, BYTE_ORDER_MAGIC);
    add(&block, version, sizeof version);
    add(&block, &unknown, sizeof unknown);
    add_text(&block, OPTION_COMMENT, title);
    add_text(&block, SECTION_USER_APPLICATION, "sockproof " SOCKPROOF_VERSION);
    return finish(&block, stream);
}

static int write_interface(FILE *stream, enum side side)
{
    struct block block;
    const uint16_t link[2] = {LINKTYPE_ETHERNET, 0};
    const uint8_t resolution = NANOSECONDS;
    begin(&block, BLOCK_INTERFACE);
    add(&block, link, sizeof link);
    add32(&block, 0); /* no limit to what is kept of a packet */
    add_text(&block, INTERFACE_NAME, side_name(side));
    add_option(&block, INTERFACE_RESOLUTION, &resolution, sizeof resolution);
    return finish(&block, stream);
}

struct pcapng *pcapng_create(const char *path, const char *title)
{
    struct pcapng *file = calloc(1, sizeof *file);
    int status = -1;
    if (file == NULL)
        goto out;
    file->stream = fopen(path, "wbe");
    if (file->stream == NULL)
        goto out;
    status = write_section(file->stream, title);
    for (int side = 0; side < SIDE_COUNT && status == 0; side++)
        status = write_interface(file->stream, (enum side)side);
out:
    if (status < 0 && file != NULL) {
        int error = errno;
        if (file->stream != NULL)
            fclose(file->stream);
        free(file);
        file = NULL;
        errno = error;
    }
    return file;
}

int pcapng_add(struct pcapng *file, enum side from, uint64_t time_ns, const void *frame,
               size_t size, const char *comment)
{
    struct block block;
    const uint32_t flags = INBOUND; /* what a host sent comes in at its end of the wire */
    begin(&block, BLOCK_PACKET);
    add32(&block, (uint32_t)from);
    add32(&block, (uint32_t)(time_ns >> 32));
    add32(&block, (uint32_t)time_ns);
    add32(&block, (uint32_t)size);
    add32(&block, (uint32_t)size);
    add(&block, frame, size);
    add_text(&block, OPTION_COMMENT, comment);
    add_option(&block, PACKET_FLAGS, &flags, sizeof flags);
    return finish(&block, file->stream);
}

int pcapng_close(struct pcapng *file)
{
    bool failed = ferror(file->stream) != 0;
    failed = fclose(file->stream) != 0 || failed;
    free(file);
    return failed ? -1 : 0;
}
