/* SPDX-License-Identifier: MIT */
#include "engine/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { READ_SIZE = 1 << 16, LINE_MAX_SIZE = 1 << 22, BLOB_MAX = 1 << 27 };

int stream_open(const char *path)
{
    struct termios terminal;
    int fd = strcmp(path, "-") == 0
                 ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, 0666);
    if (fd >= 0 && tcgetattr(fd, &terminal) == 0) {
        cfmakeraw(&terminal);
        tcsetattr(fd, TCSANOW, &terminal);
    }
    if (fd < 0)
        fprintf(stderr, "sockproof: the stream %s: %s\n", path, strerror(errno));
    return fd;
}

static bool put(int fd, const char *text, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t now = write(fd, text + done, size - done);
        if (now < 0 && errno != EINTR)
            break;
        done += now > 0 ? (size_t)now : 0;
    }
    return done == size;
}

bool stream_write(int fd, json_t *header, const char *events, size_t event_size,
                  const char *capture, size_t capture_size)
{
    json_object_set_new(header, "events", json_integer((json_int_t)event_size));
    json_object_set_new(header, "capture", json_integer((json_int_t)capture_size));
    char *line = json_dumps(header, JSON_COMPACT);
    bool good = line != NULL && put(fd, line, strlen(line)) && put(fd, "\n", 1) &&
                put(fd, events, event_size) && put(fd, capture, capture_size);
    free(line);
    json_decref(header);
    return good;
}

int stream_read(struct stream_reader *reader, int fd)
{
    if (reader->room - reader->used < READ_SIZE) {
        size_t room = reader->room * 2 + READ_SIZE;
        char *text = realloc(reader->text, room);
        if (text == NULL)
            return -1;
        reader->text = text;
        reader->room = room;
    }
    ssize_t got = read(fd, reader->text + reader->used, reader->room - reader->used);
    reader->used += got > 0 ? (size_t)got : 0;
    return got > 0 ? 1 : (int)got;
}

static void let_go(struct stream_reader *reader)
{
    json_decref(reader->frame.header);
    reader->frame = (struct frame){0};
    memmove(reader->text, reader->text + reader->taken, reader->used - reader->taken);
    reader->used -= reader->taken;
    reader->taken = 0;
}

/* A size that a header announces; -1 when it says nothing of the kind. */
static json_int_t announced(const json_t *header, const char *name)
{
    const json_t *size = json_object_get(header, name);
    json_int_t value = json_is_integer(size) ? json_integer_value(size) : -1;
    return value <= BLOB_MAX ? value : -1;
}

const struct frame *stream_frame(struct stream_reader *reader, bool *damaged)
{
    struct frame *frame = &reader->frame;
    *damaged = false;
    if (reader->taken > 0)
        let_go(reader);
    const char *end = reader->used > 0 ? memchr(reader->text, '\n', reader->used) : NULL;
    if (end == NULL) {
        *damaged = reader->used > LINE_MAX_SIZE;
        return NULL;
    }
    size_t line = (size_t)(end - reader->text);
    json_t *header = json_loadb(reader->text, line, 0, NULL);
    json_int_t events = announced(header, "events");
    json_int_t capture = announced(header, "capture");
    *damaged = events < 0 || capture < 0;
    size_t whole = line + 1 + (*damaged ? 0 : (size_t)events + (size_t)capture);
    if (*damaged || reader->used < whole) {
        json_decref(header);
        return NULL;
    }
    *frame = (struct frame){.header = header,
                            .events = reader->text + line + 1,
                            .event_size = (size_t)events,
                            .capture = reader->text + line + 1 + events,
                            .capture_size = (size_t)capture};
    reader->taken = whole;
    return frame;
}

void stream_free(struct stream_reader *reader)
{
    json_decref(reader->frame.header);
    free(reader->text);
    *reader = (struct stream_reader){0};
}
