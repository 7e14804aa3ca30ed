/* SPDX-License-Identifier: MIT */
#include "packet/payload.h"

#include "packet/fieldtable.h"

#define PAYLOAD FIELD_AT
#include "packet/field.def"

static const struct field fields[] = {
#define PAYLOAD FIELD_LINE
#include "packet/field.def"
    FIELD_END};

const struct layer payload_layer = {.name = "payload", .noun = "the payload", .fields = fields};
