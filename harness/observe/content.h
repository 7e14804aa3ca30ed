/* SPDX-License-Identifier: MIT */
/*
 * Content: the bytes that a case names, "text", {text}, {hex}, {zeros: N}, {pattern: N}.
 */
#ifndef SOCKPROOF_OBSERVE_CONTENT_H
#define SOCKPROOF_OBSERVE_CONTENT_H

#include "case/node.h"
#include "observe/pattern.h"

/* True when node is one of the byte forms. */
bool content_is(const struct node *node);
/* Bytes that node stands for. */
size_t content_size(const struct node *node);
/* Writes content_size(node) bytes to out and moves the pattern on. */
void content_write(const struct node *node, struct pattern *pattern, uint8_t *out);
/* The bytes of node when it is a pattern and nothing else, 0 otherwise. */
size_t content_pattern(const struct node *node);
/* Of what a call moved, and of what a program said, as many bytes are shown. */
enum content_shown { SHOWN_MOVED = 48, SHOWN_SAID = 400 };
/* Bytes as a person reads them: quoted text when printable, else hex; at most so many of them and
   the count. out is capacity bytes. */
void content_print(const uint8_t *bytes, size_t size, enum content_shown most, char *out,
                   size_t capacity);

#endif
