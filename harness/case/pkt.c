/* SPDX-License-Identifier: MIT */
#include "case/pkt.h"

#include <stdarg.h>
#include <string.h>

enum { LACKS_MAX = 200, CONSTRUCT_MAX = 128 };

static bool is_noted(const struct pkt_script *script, struct mark mark)
{
    const struct pkt_lack *one = script->lacks;
    while (one != NULL && (one->mark.line != mark.line || one->mark.column != mark.column))
        one = one->next;
    return one != NULL;
}

static bool is_before(struct mark a, struct mark b)
{
    return a.line != b.line ? a.line < b.line : a.column < b.column;
}

void pkt_lacks(struct pkt_script *script, struct mark mark, int width, const char *format, ...)
{
    char text[CONSTRUCT_MAX];
    va_list arguments;
    struct pkt_lack **place = &script->lacks, *rest = NULL;
    if (script->lack_count >= LACKS_MAX || is_noted(script, mark))
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    while (*place != NULL && is_before((*place)->mark, mark))
        place = &(*place)->next;
    rest = *place;
    *place = arena_alloc(script->arena, sizeof **place);
    **place = (struct pkt_lack){arena_copy(script->arena, text, strlen(text)), mark, width, rest};
    script->lack_count++;
}

const char *pkt_option_value(const struct pkt_script *script, const char *name)
{
    const char *value = NULL;
    for (const struct pkt_option *one = script->options; one != NULL; one = one->next)
        if (strcmp(one->name.text, name) == 0)
            value = one->value.text != NULL ? one->value.text : "";
    return value;
}
