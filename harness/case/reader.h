/* SPDX-License-Identifier: MIT */
/*
 * The reader: libyaml's events into nodes with marks. It accepts YAML less anchors, aliases,
 * tags, merge keys, several documents and duplicate keys; each of these is a complaint.
 */
#ifndef SOCKPROOF_CASE_READER_H
#define SOCKPROOF_CASE_READER_H

#include "case/complaint.h"
#include "case/node.h"

/* Reads list->text (list->length bytes). The root, owned by list->arena, or NULL when the text
   is not YAML at all or empty; what is wrong is added to list. Depth and size are bounded. */
const struct node *reader_parse(struct complaints *list);
/* Reads file path into list (file, text, length) on list->arena. False and a complaint (code
   "unreadable") when it cannot be read. */
bool reader_read(struct complaints *list, const char *path);
/* reader_read and reader_parse, one after the other; NULL when either gives nothing. */
const struct node *reader_load(struct complaints *list, const char *path);

#endif
