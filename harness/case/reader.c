/* SPDX-License-Identifier: MIT */
#include "case/reader.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

/* Bounds that no file of a person meets; they keep hostile ones cheap. */
enum {
    SIZE_LIMIT = 4 << 20,
    DEPTH_LIMIT = 32,
    NODES_LIMIT = 200000,
    MEMBERS_LIMIT = 1024,
    DIRECTIVES_LIMIT = 64
};

struct reader {
    yaml_parser_t parser;
    struct complaints *list;
    size_t nodes;
    bool stopped; /* after an error that the parser cannot get over */
};

static struct mark mark_of(yaml_mark_t mark)
{
    return (struct mark){(int)mark.line + 1, (int)mark.column + 1};
}

static struct mark mark_at(const struct complaints *list, size_t offset)
{
    struct mark mark = {1, 1};
    for (size_t i = 0; i < offset && i < list->length; i++) {
        if (list->text[i] == '\n')
            mark = (struct mark){mark.line + 1, 1};
        else if (((unsigned char)list->text[i] & 0xc0) != 0x80)
            mark.column++;
    }
    return mark;
}

static void complain_syntax(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    struct mark mark = mark_of(parser->problem_mark);
    const char *advice = NULL;
    if (parser->error == YAML_READER_ERROR)
        mark = mark_at(reader->list, parser->problem_offset);
    if (parser->context != NULL && parser->context_mark.line != parser->problem_mark.line)
        advice = arena_printf(reader->list->arena, "%s that begins in line %zu", parser->context,
                              parser->context_mark.line + 1);
    else if (parser->context != NULL)
        advice = parser->context;
    complain(reader->list, mark, 1, CODE_SYNTAX, advice, "not YAML: %s",
             parser->problem != NULL ? parser->problem : "the parser gave up");
}

static bool next(struct reader *reader, yaml_event_t *event)
{
    if (!reader->stopped && !yaml_parser_parse(&reader->parser, event)) {
        complain_syntax(reader);
        reader->stopped = true;
    }
    return !reader->stopped;
}

static void stop(struct reader *reader, struct mark mark, enum code code, const char *message)
{
    if (!reader->stopped)
        complain(reader->list, mark, 1, code, NULL, "%s", message);
    reader->stopped = true;
}

/* --- what the format leaves out ------------------------------------------------------------ */

static int width_of(const yaml_event_t *event)
{
    return event->start_mark.line == event->end_mark.line
               ? (int)(event->end_mark.column - event->start_mark.column)
               : 1;
}

static void refuse(struct reader *reader, const yaml_event_t *event, enum code code,
                   const char *advice, const char *what)
{
    complain(reader->list, mark_of(event->start_mark), width_of(event), code, advice,
             "%s not part of the case format", what);
}

static void refuse_properties(struct reader *reader, const yaml_event_t *event,
                              const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor != NULL)
        refuse(reader, event, CODE_ANCHOR, "write the value out where it is needed", "anchors are");
    if (tag != NULL)
        refuse(reader, event, CODE_TAG, "leave the tag out: the key says what the value is",
               "tags are");
}

/* --- nodes --------------------------------------------------------------------------------- */

static struct node *node_new(struct reader *reader, const yaml_event_t *event, enum node_kind kind)
{
    struct node *node = arena_alloc(reader->list->arena, sizeof *node);
    node->kind = kind;
    node->mark = mark_of(event->start_mark);
    node->text = arena_copy(reader->list->arena, "", 0);
    if (++reader->nodes > NODES_LIMIT)
        stop(reader, node->mark, CODE_TOO_LARGE,
             "the file holds more values than the reader takes");
    return node;
}

static struct node *read_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct node *node = node_new(reader, event, NODE_SCALAR);
    refuse_properties(reader, event, event->data.scalar.anchor, event->data.scalar.tag);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->length = event->data.scalar.length;
    node->text =
        arena_copy(reader->list->arena, (const char *)event->data.scalar.value, node->length);
    return node;
}

/* An alias stands for an empty scalar, so that the rest of the file can be read. */
static struct node *read_alias(struct reader *reader, const yaml_event_t *event)
{
    struct node *node = node_new(reader, event, NODE_SCALAR);
    refuse(reader, event, CODE_ALIAS, "write the value out where it is needed", "aliases are");
    return node;
}

static struct node *read_node(struct reader *reader, const yaml_event_t *event, int depth);

static void append(struct node *parent, struct node ***end, struct node *member)
{
    **end = member;
    *end = &member->next;
    parent->count++;
}

static struct node *read_list(struct reader *reader, const yaml_event_t *begin, int depth)
{
    struct node *list = node_new(reader, begin, NODE_LIST);
    struct node **end = &list->first;
    yaml_event_t event;
    refuse_properties(reader, begin, begin->data.sequence_start.anchor,
                      begin->data.sequence_start.tag);
    while (next(reader, &event)) {
        bool ended = event.type == YAML_SEQUENCE_END_EVENT;
        struct node *member = ended ? NULL : read_node(reader, &event, depth + 1);
        yaml_event_delete(&event);
        if (ended)
            break;
        append(list, &end, member);
    }
    return list;
}

static bool key_is_good(struct reader *reader, const struct node *map, const struct node *key,
                        const yaml_event_t *event)
{
    if (key->kind != NODE_SCALAR || strlen(key->text) != key->length) {
        complain(reader->list, key->mark, 1, CODE_BAD_KEY, NULL, "a key must be plain text");
        return false;
    }
    if (key->plain && node_is(key, "<<")) {
        refuse(reader, event, CODE_MERGE_KEY, "write the keys out", "merge keys are");
        return false;
    }
    const struct node *same = node_get(map, key->text);
    if (same != NULL)
        complain(
            reader->list, key->mark, width_of(event), CODE_DUPLICATE_KEY,
            arena_printf(reader->list->arena, "it stands in line %d already", same->key_mark.line),
            "the key '%s' stands twice in this mapping", key->text);
    return same == NULL;
}

/* One "key: value" whose key is at *event. NULL when the pair is refused. */
static struct node *read_pair(struct reader *reader, const struct node *map, yaml_event_t *event,
                              int depth)
{
    yaml_event_t value;
    const struct node *key = read_node(reader, event, depth + 1);
    bool good = !reader->stopped && key_is_good(reader, map, key, event);
    if (!next(reader, &value))
        return NULL;
    struct node *member = read_node(reader, &value, depth + 1);
    yaml_event_delete(&value);
    if (good) {
        member->key = key->text;
        member->key_mark = key->mark;
    }
    return good ? member : NULL;
}

static struct node *read_map(struct reader *reader, const yaml_event_t *begin, int depth)
{
    struct node *map = node_new(reader, begin, NODE_MAP);
    struct node **end = &map->first;
    yaml_event_t event;
    refuse_properties(reader, begin, begin->data.mapping_start.anchor,
                      begin->data.mapping_start.tag);
    while (next(reader, &event)) {
        bool ended = event.type == YAML_MAPPING_END_EVENT;
        struct node *member = ended ? NULL : read_pair(reader, map, &event, depth);
        yaml_event_delete(&event);
        if (ended)
            break;
        if (member != NULL)
            append(map, &end, member);
        if (map->count > MEMBERS_LIMIT)
            stop(reader, map->mark, CODE_TOO_LARGE, "a mapping with too many keys");
    }
    return map;
}

/* The node that begins with event; the caller deletes the event. Never NULL. */
static struct node *read_node(struct reader *reader, const yaml_event_t *event, int depth)
{
    struct node *node = NULL;
    if (depth > DEPTH_LIMIT)
        stop(reader, mark_of(event->start_mark), CODE_TOO_DEEP, "values are nested too deeply");
    if (event->type == YAML_SEQUENCE_START_EVENT)
        node = read_list(reader, event, depth);
    else if (event->type == YAML_MAPPING_START_EVENT)
        node = read_map(reader, event, depth);
    else if (event->type == YAML_SCALAR_EVENT)
        node = read_scalar(reader, event);
    else
        node = read_alias(reader, event);
    return node;
}

/* --- documents ----------------------------------------------------------------------------- */

static struct node *read_documents(struct reader *reader)
{
    struct node *root = NULL;
    yaml_event_t event;
    bool ended = false;
    while (!ended && next(reader, &event)) {
        ended = event.type == YAML_STREAM_END_EVENT;
        bool begins_node = event.type == YAML_SCALAR_EVENT ||
                           event.type == YAML_SEQUENCE_START_EVENT ||
                           event.type == YAML_MAPPING_START_EVENT || event.type == YAML_ALIAS_EVENT;
        if (begins_node && root == NULL)
            root = read_node(reader, &event, 0);
        else if (begins_node || (event.type == YAML_DOCUMENT_START_EVENT && root != NULL))
            stop(reader, mark_of(event.start_mark), CODE_SEVERAL_DOCUMENTS,
                 "a file holds one document");
        yaml_event_delete(&event);
    }
    return root;
}

static bool is_nothing(const struct node *root)
{
    return root == NULL || (root->kind == NODE_SCALAR && root->length == 0 && root->plain);
}

/* Behind all that ends a line for the parser: NEL, LS and PS as well, by the last of their bytes.
 */
static bool begins_line(const char *text, const char *at)
{
    static const char ends[] = {'\n', '\r', '\x85', '\xa8', '\xa9'};
    return at == text || memchr(ends, at[-1], sizeof ends) != NULL;
}

/* The parser compares each %TAG with all before it: of lines that may be one there are few. */
static void stop_at_directives(struct reader *reader)
{
    const char *text = reader->list->text, *end = text + reader->list->length;
    const char *at = text;
    int found = 0;
    for (; at < end && found <= DIRECTIVES_LIMIT; at++)
        found += *at == '%' && begins_line(text, at);
    if (found > DIRECTIVES_LIMIT)
        stop(reader, mark_at(reader->list, (size_t)(at - 1 - text)), CODE_TOO_LARGE,
             "the file holds more than 64 lines that begin with %: a case needs none");
}

const struct node *reader_parse(struct complaints *list)
{
    struct reader reader = {.list = list};
    struct node *root = NULL;
    if (!yaml_parser_initialize(&reader.parser))
        arena_must(NULL);
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)list->text, list->length);
    if (list->length > SIZE_LIMIT)
        stop(&reader, (struct mark){1, 1}, CODE_TOO_LARGE, "the file is larger than 4 MiB");
    else
        stop_at_directives(&reader);
    if (!reader.stopped)
        root = read_documents(&reader);
    yaml_parser_delete(&reader.parser);
    if (!reader.stopped && is_nothing(root))
        complain(list, (struct mark){1, 1}, 1, CODE_EMPTY, NULL, "the file is empty");
    return reader.stopped || is_nothing(root) ? NULL : root;
}

/* --- files --------------------------------------------------------------------------------- */

/* All of the file behind fd, at most one byte beyond the limit. False with errno. */
static bool read_all(struct complaints *list, int fd, size_t size)
{
    char *text = arena_alloc(list->arena, size + 1);
    ssize_t got = 1;
    list->length = 0;
    while (got > 0 && list->length < size) {
        got = read(fd, text + list->length, size - list->length);
        if (got > 0)
            list->length += (size_t)got;
    }
    list->text = text;
    return got >= 0;
}

bool reader_read(struct complaints *list, const char *path)
{
    struct stat status;
    bool loaded = false;
    /* O_NONBLOCK: a FIFO in a folder of cases must not hang the engine. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (list->file == NULL)
        list->file = arena_copy(list->arena, path, strlen(path));
    if (fd < 0 || fstat(fd, &status) != 0)
        goto out;
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    if (!S_ISREG(status.st_mode))
        goto out;
    loaded =
        read_all(list, fd, status.st_size > SIZE_LIMIT ? SIZE_LIMIT + 1 : (size_t)status.st_size);
out:
    if (!loaded)
        complain(list, (struct mark){1, 1}, 1, CODE_UNREADABLE, NULL, "the file cannot be read: %s",
                 strerror(errno));
    if (fd >= 0)
        close(fd);
    return loaded;
}

const struct node *reader_load(struct complaints *list, const char *path)
{
    return reader_read(list, path) ? reader_parse(list) : NULL;
}
