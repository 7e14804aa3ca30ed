/*
 * Content: the bytes that a case names, "text", {text}, {hex}, {zeros: N}, {pattern: N}.
 *
 * Pattern bytes are a function of a stream's key and of how many pattern bytes the stream had
 * before: no two places of a stream look alike, so that a lost, doubled or swapped piece shows.
 */
#ifndef SOCKPROOF_OBSERVE_CONTENT_H
#define SOCKPROOF_OBSERVE_CONTENT_H

#include "case/node.h"

/* The pattern's next byte: whose stream, and how far it is. */
struct pattern {
    uint64_t key;
    uint64_t position;
};

/* True when node is one of the byte forms. */
bool content_is(const struct node *node);
/* Bytes that node stands for. */
size_t content_size(const struct node *node);
/* Writes content_size(node) bytes to out and moves the pattern on. */
void content_write(const struct node *node, struct pattern *pattern, uint8_t *out);
/* Fills out with the pattern's next size bytes and moves it on. */
void pattern_write(struct pattern *pattern, uint8_t *out, size_t size);
/* Of what a call moved, and of what a program said, as many bytes are shown. */
enum content_shown { SHOWN_MOVED = 48, SHOWN_SAID = 400 };
/* Bytes as a person reads them: quoted text when printable, else hex; at most so many of them and
   the count. out is capacity bytes. */
void content_print(const uint8_t *bytes, size_t size, enum content_shown most, char *out,
                   size_t capacity);

#endif
