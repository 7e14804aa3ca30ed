/* SPDX-License-Identifier: MIT */
#include "packet/layer.h"

#include <string.h>

const struct field *layer_field(const struct layer *layer, const char *name)
{
    const struct field *field = layer->fields;
    while (field->name != NULL && strcmp(field->name, name) != 0)
        field++;
    return field->name != NULL ? field : NULL;
}

uint32_t layer_kind(const struct layer *layer, const struct header *header)
{
    return layer->kind != NULL ? layer->kind(header->family, header->bytes[0]) : 1;
}
