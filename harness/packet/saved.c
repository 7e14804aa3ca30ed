/* SPDX-License-Identifier: MIT */
#include "packet/saved.h"

#include "packet/compact.h"
#include "packet/headoption.h"
#include "packet/layers.h"
#include "packet/sctp.h"
#include "packet/tcp.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 32 };

/* --- names --------------------------------------------------------------------------------- */

/* "ts" and "val" of "ts.val", "mss" and "" of "mss". */
struct path {
    char first[NAME], second[NAME];
};

static struct path split(const char *text)
{
    struct path path = {.first = ""};
    const char *dot = strchrnul(text, '.');
    snprintf(path.first, sizeof path.first, "%.*s", (int)(dot - text), text);
    snprintf(path.second, sizeof path.second, "%s", *dot == '.' ? dot + 1 : "");
    return path;
}

static bool is_short(const char *name)
{
    return strcmp(name, "vtag") == 0 || strcmp(name, "init_tag") == 0;
}

/* The field of an option that a name means, or NULL. */
static const struct field *meant(const struct headoption_kind *kind, const struct path *path)
{
    bool bare = *path->second == '\0';
    if (kind == NULL || bare != (kind->form == HEADOPTION_ONE))
        return NULL;
    return headoption_field(kind, bare ? kind->name : path->second);
}

bool saved_of_packet(const char *text)
{
    struct path path = split(text);
    return is_short(text) || layers_find(path.first) != NULL ||
           meant(headoption_named(&headoption_tcp, path.first), &path) != NULL;
}

/* --- values -------------------------------------------------------------------------------- */

static json_t *number_of(const struct layer *layer, const struct header *header, const char *name)
{
    const struct field *field = layer_field(layer, name);
    struct value value;
    return field != NULL && field->type == FIELD_NUMBER && field_read(layer, field, header, &value)
               ? json_integer(value.number)
               : NULL;
}

static json_t *of_layer(const struct packet *packet, const struct layer *layer, const char *name)
{
    struct header header;
    struct chunk chunk;
    json_t *number = NULL;
    if (!layers_header(layer, packet, &header))
        return NULL;
    number = number_of(layer, &header, name);
    for (bool more = layer->parts != NULL && chunk_first(&chunk, packet); more && number == NULL;
         more = chunk_next(&chunk, packet)) {
        struct header part = sctp_chunk(packet, &chunk);
        number = number_of(layer->parts, &part, name);
    }
    return number;
}

static json_t *hex_of(const struct value *value)
{
    char room[2 * OPTIONS_ROOM + 3];
    struct compact text = {room, sizeof room, 0};
    compact_hex(&text, value->bytes, value->size);
    return json_stringn(room + 1, text.size - 2);
}

static json_t *of_option(const struct packet *packet, const struct path *path)
{
    const struct headoption_kind *kind = headoption_named(&headoption_tcp, path->first);
    const struct field *wanted = meant(kind, path);
    struct header header;
    struct value area, value;
    struct headoption option;
    json_t *found = NULL;
    bool more = wanted != NULL && layers_header(&tcp_layer, packet, &header) &&
                field_read(&tcp_layer, layer_field(&tcp_layer, "options"), &header, &area) &&
                headoption_first(&headoption_tcp, &header, &area, &option);
    for (; more && found == NULL; more = headoption_next(&headoption_tcp, &area, &option))
        if (option.kind == kind && headoption_read(&option, wanted, &value))
            found = wanted->type == FIELD_NUMBER ? json_integer(value.number) : hex_of(&value);
    return found;
}

json_t *saved_value(const struct packet *packet, const char *text)
{
    struct path path = split(text);
    const struct layer *layer = layers_find(is_short(text) ? "sctp" : path.first);
    return layer != NULL ? of_layer(packet, layer, is_short(text) ? text : path.second)
                         : of_option(packet, &path);
}
