/* SPDX-License-Identifier: MIT */
/*
 * The stream: how the engine in a guest kernel hands its results to the engine outside. A stream
 * is a row of frames; a frame is one line of JSON, and behind it the bytes that the line announces:
 *
 *     {"hello": {"version": "6.1.176", "place": "wire", "no_wire": null}}
 *     {"result": {…}, "events": 5262, "capture": 1840}
 *     5262 bytes of events, 1840 bytes of the capture
 *
 * The hello comes first and once; each result comes with all events of its variant, and with its
 * capture if it left one. There is no frame for the end: the end of the stream is one.
 */
#ifndef SOCKPROOF_ENGINE_STREAM_H
#define SOCKPROOF_ENGINE_STREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Opens the device (or file) for writing, as it is: no terminal in between changes a byte; "-" is
   standard output. The descriptor, or -1 with a message on stderr. */
int stream_open(const char *path);
/* Writes one frame; header is stolen. False with errno when it could not be written whole. */
bool stream_write(int fd, json_t *header, const char *events, size_t event_size,
                  const char *capture, size_t capture_size);

/* A frame as it was received; what it points to is the reader's until the next call. */
struct frame {
    json_t *header;
    const char *events;
    size_t event_size;
    const char *capture;
    size_t capture_size;
};

/* Puts a stream together from the pieces in which it arrives. Single-threaded. */
struct stream_reader {
    char *text;
    size_t used, room;
    size_t taken; /* of the frame handed out last; 0: none */
    struct frame frame;
};

/* Appends what one read(2) of fd gives: 1, 0 at the end of the stream, -1 with errno. */
int stream_read(struct stream_reader *reader, int fd);
/* The next whole frame, or NULL when more must arrive first; *damaged: what arrived is none. */
const struct frame *stream_frame(struct stream_reader *reader, bool *damaged);
/* Frees what it holds; it may be used again. */
void stream_free(struct stream_reader *reader);

#endif
