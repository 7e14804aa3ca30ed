/* SPDX-License-Identifier: MIT */
#include "case/source.h"

#include <string.h>

/* A step that begins behind this column, or ends behind so many bytes of its line, is not copied
   from there. */
enum { COLUMN_MAX = 4096, LOOK_MAX = 32768 };

/* The begin of a line of the text, or NULL; moves *place there. */
static const char *line_of(const struct complaints *list, int line, struct source_place *place)
{
    const char *stop = list->text + list->length;
    if (place->at == NULL || place->line > line)
        *place = (struct source_place){.line = 1, .at = list->text};
    while (place->at != NULL && place->line < line) {
        place->at = memchr(place->at, '\n', (size_t)(stop - place->at));
        place->at = place->at != NULL ? place->at + 1 : NULL;
        place->line++;
    }
    return place->at;
}

static const char *text_at(const struct complaints *list, struct mark mark,
                           struct source_place *place, const char **end)
{
    const char *at = line_of(list, mark.line, place);
    const char *stop = list->text + list->length;
    if (at == NULL || mark.column > COLUMN_MAX)
        return NULL;
    size_t room = stop - at < LOOK_MAX ? (size_t)(stop - at) : LOOK_MAX;
    *end = memchr(at, '\n', room);
    if (*end == NULL)
        *end = at + room;
    for (int column = 1; column < mark.column && at < *end; column++)
        for (at++; at < *end && ((unsigned char)*at & 0xc0) == 0x80; at++)
            continue;
    return at;
}

/* Past a quoted scalar that begins at *at; end when it does not close in this line. */
static const char *skip_quoted(const char *at, const char *end)
{
    char quote = *at++;
    while (at < end && *at != quote)
        at += quote == '"' && *at == '\\' && at + 1 < end ? 2 : 1;
    return at < end ? at + 1 : end;
}

/* The end of the flow value in [at, end), behind its last bracket; NULL when it does not close. */
static const char *flow_end(const char *at, const char *end)
{
    const char *last = NULL;
    int depth = 0;
    while (at < end && depth >= 0) {
        bool opens_quote = (*at == '"' || *at == '\'') && strchr(" [{,:", at[-1]) != NULL;
        if (*at == '#' && (at[-1] == ' ' || at[-1] == '\t'))
            break;
        if (opens_quote) {
            at = skip_quoted(at, end);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        if (*at == '}' || *at == ']')
            depth--;
        at++;
        if (depth == 0 && (at[-1] == '}' || at[-1] == ']'))
            last = at;
    }
    return depth == 0 ? last : NULL;
}

const char *source_of_step(const struct complaints *list, const struct node *actor,
                           struct source_place *place)
{
    const char *end = NULL;
    const char *at = list->text != NULL ? text_at(list, actor->key_mark, place, &end) : NULL;
    size_t key = strlen(actor->key);
    bool whole = at != NULL && (size_t)(end - at) > key && memcmp(at, actor->key, key) == 0 &&
                 actor->mark.line == actor->key_mark.line;
    const char *stop = whole ? flow_end(at + key, end) : NULL;
    if (stop != NULL)
        return arena_copy(list->arena, at, (size_t)(stop - at));
    return arena_printf(list->arena, "%s: %s", actor->key, node_print(list->arena, actor));
}
