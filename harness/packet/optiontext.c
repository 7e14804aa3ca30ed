/* SPDX-License-Identifier: MIT */
#include "packet/optiontext.h"

#include <string.h>

/* --- JSON ---------------------------------------------------------------------------------- */

static void put_blocks(struct compact *text, const struct headoption *option,
                       const struct value *value)
{
    uint32_t block[2];
    bool more = false;
    compact_raw(text, "[", 1);
    for (size_t i = 0; headoption_block(option, value, i, block); i++) {
        compact_next(text, &more);
        compact_raw(text, "[", 1);
        compact_integer(text, block[0]);
        compact_raw(text, ",", 1);
        compact_integer(text, block[1]);
        compact_raw(text, "]", 1);
    }
    compact_raw(text, "]", 1);
}

static void put_value(struct compact *text, const struct headoption *option,
                      const struct field *field, const struct value *value)
{
    if (field->type == FIELD_BLOCKS)
        put_blocks(text, option, value);
    else if (field->type == FIELD_BYTES)
        compact_bytes(text, value->bytes, value->size);
    else
        compact_integer(text, value->number);
}

static void put_fields(struct compact *text, const struct headoption *option)
{
    struct value value;
    bool more = false;
    for (const struct field *field = option->kind->fields; field->name != NULL; field++) {
        if (!headoption_read(option, field, &value))
            continue;
        compact_key(text, field->name, &more);
        put_value(text, option, field, &value);
    }
}

/* What it takes to make these bytes again. */
static void put_raw(struct compact *text, const struct headoption *option)
{
    const uint8_t *bytes = option->header.bytes;
    size_t size = option->header.size, lead = option->loose ? 0 : 2;
    size_t right = option->kind->set->chained ? size / 8 - 1 : size;
    bool more = false;
    if (!option->loose) {
        compact_key(text, "kind", &more);
        compact_integer(text, option->number);
    }
    if (!option->loose && bytes[1] != right) {
        compact_key(text, "len", &more);
        compact_integer(text, bytes[1]);
    }
    compact_key(text, "hex", &more);
    compact_hex(text, bytes + lead, size - lead);
}

static void put_option(struct compact *text, const struct headoption *option)
{
    const struct headoption_kind *kind = option->kind;
    struct value value;
    bool more = false;
    if (kind->form == HEADOPTION_ALONE) {
        compact_string(text, kind->name, strlen(kind->name));
        return;
    }
    compact_raw(text, "{", 1);
    compact_key(text, kind->name, &more);
    if (kind->form == HEADOPTION_ONE && headoption_read(option, kind->fields, &value)) {
        put_value(text, option, kind->fields, &value);
    } else {
        compact_raw(text, "{", 1);
        if (kind->form == HEADOPTION_RAW)
            put_raw(text, option);
        else
            put_fields(text, option);
        compact_raw(text, "}", 1);
    }
    compact_raw(text, "}", 1);
}

void optiontext_write(struct compact *text, const struct headoption_set *set,
                      const struct header *header, const struct value *value)
{
    struct headoption option;
    bool more = false;
    compact_raw(text, "[", 1);
    for (bool is = headoption_first(set, header, value, &option); is;
         is = headoption_next(set, value, &option)) {
        compact_next(text, &more);
        put_option(text, &option);
    }
    compact_raw(text, "]", 1);
}

/* --- lines --------------------------------------------------------------------------------- */

static void say(struct compact *line, const char *text)
{
    compact_raw(line, text, strlen(text));
}

static void say_number(struct compact *line, const char *before, int64_t number)
{
    say(line, before);
    compact_integer(line, number);
}

static void say_value(struct compact *line, const struct headoption *option,
                      const struct field *field, const struct value *value)
{
    uint32_t block[2];
    if (field->type == FIELD_BLOCKS) {
        for (size_t i = 0; headoption_block(option, value, i, block); i++) {
            say_number(line, " ", block[0]);
            say_number(line, "-", block[1]);
        }
    } else if (field->type == FIELD_BYTES) {
        say_number(line, " ", (int64_t)value->size);
        say(line, " bytes");
    } else {
        say_number(line, " ", value->number);
    }
}

static void say_option(struct compact *line, const struct headoption *option)
{
    const struct headoption_kind *kind = option->kind;
    struct value value;
    say(line, kind->name);
    if (kind->form == HEADOPTION_RAW) {
        say_number(line, " ", (int64_t)option->header.size);
        say(line, " bytes");
        return;
    }
    for (const struct field *field = kind->fields; field->name != NULL; field++) {
        if (!headoption_read(option, field, &value))
            continue;
        say(line, kind->form == HEADOPTION_SEVERAL ? " " : "");
        say(line, kind->form == HEADOPTION_SEVERAL ? field->name : "");
        say_value(line, option, field, &value);
    }
}

static bool is_padding(const struct headoption *option)
{
    return !option->loose && option->header.size == 1;
}

int optiontext_line(const struct headoption_set *set, const struct header *header,
                    const struct value *value, char out[OPTIONTEXT_LINE])
{
    struct compact line = {out, OPTIONTEXT_LINE - 1, 0};
    struct headoption option;
    int told = 0;
    for (bool is = headoption_first(set, header, value, &option); is;
         is = headoption_next(set, value, &option)) {
        if (is_padding(&option))
            continue;
        say(&line, told++ > 0 ? "," : "");
        say_option(&line, &option);
    }
    out[line.size <= line.room ? line.size : 0] = '\0';
    return told;
}
