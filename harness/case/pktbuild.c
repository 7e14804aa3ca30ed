/* SPDX-License-Identifier: MIT */
#include "case/pktbuild.h"

#include "case/pktcall.h"
#include "case/pktconstant.h"

#include <stdarg.h>
#include <string.h>

void pktbuild_lacks(struct pktbuild *build, const struct pkt_value *value, const char *format, ...)
{
    char text[128];
    va_list arguments;
    const struct pkt_text *name = &build->call->name;
    if (build->failed)
        return;
    build->failed = true;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pkt_lacks(build->script, value != NULL ? value->mark : name->mark,
              value != NULL ? value->width : name->width, "%s", text);
}

const struct pkt_value *pktbuild_argument(struct pktbuild *build, size_t index)
{
    static const struct pkt_value nothing = {.kind = PKT_VALUE_ANY, .text = ""};
    const struct pkt_value *value = pktcall_argument(build->call, index);
    if (value == NULL)
        pktbuild_lacks(build, NULL, "%s with %zu arguments", build->call->name.text,
                       build->call->arguments->count);
    return value != NULL ? value : &nothing;
}

/* A value in a lack's words. */
static const char *shown(const struct pkt_value *value)
{
    return value->text != NULL && *value->text != '\0' ? value->text : "a value";
}

int64_t pktbuild_number(struct pktbuild *build, const struct pkt_value *value,
                        enum constant_group group)
{
    int64_t number = 0;
    const struct constant *constant =
        value->kind == PKT_VALUE_NAME ? constant_find(group, value->text) : NULL;
    if (value->kind == PKT_VALUE_NUMBER)
        number = value->number;
    else if (value->kind == PKT_VALUE_NAME && pktconstant_find(value->text, &number))
        return number;
    else if (constant != NULL)
        number = constant->value;
    else if (value->kind == PKT_VALUE_EITHER)
        for (const struct pkt_value *one = value->first; one != NULL; one = one->next)
            number |= pktbuild_number(build, one, group);
    else
        pktbuild_lacks(build, value, "%s of %s", shown(value), build->call->name.text);
    return number;
}

struct node *pktbuild_count(struct pktbuild *build, size_t index)
{
    const struct pkt_value *value = pktbuild_argument(build, index);
    long long number = pktbuild_number(build, value, GROUP_OPTION_VALUE);
    return pktnode_word(build->arena, value->mark, "%lld", number);
}

struct node *pktbuild_name(struct pktbuild *build, const struct pkt_value *value,
                           enum constant_group group)
{
    const char *name = value->kind == PKT_VALUE_NAME ? value->text : NULL;
    if (value->kind == PKT_VALUE_NUMBER)
        name = constant_name(group, value->number);
    if (name == NULL || constant_find(group, name) == NULL)
        pktbuild_lacks(build, value, "%s of %s", shown(value), build->call->name.text);
    return pktnode_word(build->arena, value->mark, "%s", name != NULL ? name : "0");
}

struct node *pktbuild_flags(struct pktbuild *build, const struct pkt_value *value,
                            enum constant_group group)
{
    struct node *list = pktnode_list(build->arena, value->mark);
    bool several = value->kind == PKT_VALUE_EITHER;
    for (const struct pkt_value *one = several ? value->first : value; one != NULL;
         one = several ? one->next : NULL)
        if (one->kind != PKT_VALUE_NUMBER || one->number != 0)
            pktnode_put(list, NULL, pktbuild_name(build, one, group));
    return list;
}

const char *pktbuild_descriptor(struct pktbuild *build, const struct pkt_value *value)
{
    bool good = value->kind == PKT_VALUE_NUMBER && value->number >= 0 && value->number < 1000;
    if (!good)
        pktbuild_lacks(build, value, "a descriptor that is no number");
    return arena_printf(build->arena, "fd%d", good ? (int)value->number : 0);
}

void pktbuild_bare(struct pktbuild *build, const char *name, struct node *in)
{
    build->body = pktnode_map(build->arena, build->event->mark);
    pktnode_put(build->body, name, in);
    in->key_mark = build->call->name.mark;
}

void pktbuild_verb(struct pktbuild *build, const char *name, struct node *in)
{
    const struct pkt_value *fd = pktbuild_argument(build, 0);
    pktbuild_bare(build, name, in);
    pktnode_put(build->body, "fd",
                pktnode_word(build->arena, fd->mark, "%s", pktbuild_descriptor(build, fd)));
}

struct node *pktbuild_bytes(struct pktbuild *build, const struct pkt_value *value, int64_t size)
{
    if (value->kind == PKT_VALUE_TEXT && (int64_t)value->length >= size && size >= 0)
        return pktnode_text(build->arena, value->mark, value->text, (size_t)size);
    if (value->kind != PKT_VALUE_ANY)
        pktbuild_lacks(build, value, "the bytes of %s", build->call->name.text);
    struct node *bytes = pktnode_map(build->arena, value->mark);
    pktnode_put(bytes, "zeros", pktnode_word(build->arena, value->mark, "%lld", (long long)size));
    return bytes;
}

void pktbuild_any(struct pktbuild *build, size_t index, const char *what)
{
    const struct pkt_value *value = pktbuild_argument(build, index);
    if (value->kind != PKT_VALUE_ANY)
        pktbuild_lacks(build, value, "%s of %s", what, build->call->name.text);
}
