/* SPDX-License-Identifier: MIT */
#include "trial/sctpvalue.h"

#include "base/quantity.h"
#include "trial/endpoint.h"

#include <string.h>

static const struct sctp_dialect *dialect_of(const struct trial *trial)
{
    return trial->stage->stack->sctp->dialect;
}

int64_t sctpvalue_word(struct trial *trial, const char *text)
{
    const struct sctp_constant *known = sctp_constant_find(dialect_of(trial), text);
    struct quantity quantity = {0, UNIT_NONE};
    if (known == NULL && !quantity_parse(text, &quantity))
        trial_broken(trial, CODE_STACK_LACKS, "the stack %s knows no %s", trial->stage->stack->name,
                     text);
    return known != NULL ? known->value : quantity.value;
}

int64_t sctpvalue_words(struct trial *trial, const struct node *node)
{
    int64_t bits = node->kind == NODE_SCALAR ? sctpvalue_word(trial, node->text) : 0;
    for (const struct node *one = node->kind == NODE_LIST ? node->first : NULL; one != NULL;
         one = one->next)
        bits |= sctpvalue_word(trial, one->text);
    return bits;
}

static const struct sctp_layout *layout_of(struct trial *trial, const char *option)
{
    const struct sctp_layout *layout = sctp_layout_find(dialect_of(trial)->options, option);
    if (layout == NULL)
        trial_broken(trial, CODE_STACK_LACKS, "the stack %s has no option %s",
                     trial->stage->stack->name, option);
    return layout;
}

int sctpvalue_number(struct trial *trial, const char *option)
{
    const struct sctp_layout *layout = layout_of(trial, option);
    return layout != NULL ? layout->number : 0;
}

static void put_member(struct trial *trial, const struct sctp_layout *layout,
                       const struct node *node, void *out)
{
    const struct sctp_member *member = sctp_member_find(layout, node->key);
    struct sockaddr_storage address;
    if (member == NULL)
        trial_broken(trial, CODE_STACK_LACKS, "%s has no member '%s'", layout->name, node->key);
    else if (member->set == SCTP_SET_ADDRESS && endpoint_resolve(trial, node, &address) > 0)
        memcpy((char *)out + member->offset, &address, sizeof address);
    else if (member->set != SCTP_SET_LIST)
        sctp_member_put(member, out, sctpvalue_words(trial, node));
}

/* What stands behind the structure: so many numbers of two bytes. Their bytes, which room may not
   hold. */
static size_t put_list(struct trial *trial, const struct sctp_layout *layout,
                       const struct node *value, void *out, size_t room)
{
    const struct sctp_member *list = sctp_member_find(layout, "srs_stream_list");
    const struct sctp_member *counts = sctp_member_find(layout, "srs_number_streams");
    const struct node *given = NULL;
    for (const struct node *one = value->first; one != NULL && list != NULL; one = one->next)
        if (sctp_member_find(layout, one->key) == list)
            given = one;
    size_t size = given != NULL ? given->count * sizeof(uint16_t) : 0;
    if (given == NULL || layout->size + size > room)
        return size;
    uint8_t *at = (uint8_t *)out + layout->size;
    for (const struct node *one = given->first; one != NULL; one = one->next, at += 2) {
        uint16_t number = (uint16_t)sctpvalue_words(trial, one);
        memcpy(at, &number, sizeof number);
    }
    if (sctp_member_get(counts, out, layout->size) == 0) /* a case may say another number */
        sctp_member_put(counts, out, (int64_t)given->count);
    return size;
}

size_t sctpvalue_option(struct trial *trial, const char *option, const struct node *value,
                        void *out, size_t room)
{
    const struct sctp_layout *layout = layout_of(trial, option);
    if (layout == NULL || layout->size > room)
        return 0;
    memset(out, 0, layout->size);
    bool plain = layout->members[1].name == NULL;
    if (value->kind == NODE_SCALAR && plain)
        sctp_member_put(&layout->members[0], out, sctpvalue_word(trial, value->text));
    else if (value->kind == NODE_SCALAR)
        trial_broken(trial, CODE_STACK_LACKS, "%s takes the members of its structure, not a number",
                     option);
    for (const struct node *one = value->kind == NODE_MAP ? value->first : NULL; one != NULL;
         one = one->next)
        put_member(trial, layout, one, out);
    size_t size = layout->size;
    if (value->kind == NODE_MAP)
        size += put_list(trial, layout, value, out, room);
    if (size > room)
        trial_broken(trial, CODE_TOO_LARGE, "an option's value has at most %zu bytes", room);
    return size <= room ? size : 0;
}

static json_t *member_json(const struct trial *trial, const struct sctp_member *member,
                           const void *bytes, size_t size)
{
    int64_t number = sctp_member_get(member, bytes, size);
    const char *word = sctp_constant_name(dialect_of(trial), member->set, number);
    const char *at = (const char *)bytes + member->offset;
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    if (member->set == SCTP_SET_REST)
        return member->offset < size ? json_stringn(at, size - member->offset) : NULL;
    if (member->set != SCTP_SET_ADDRESS)
        return word != NULL ? json_string(word) : json_integer(number);
    if (member->offset + sizeof address <= size)
        memcpy(&address, at, sizeof address);
    return endpoint_describe(trial, &address, sizeof address);
}

json_t *sctpvalue_option_json(const struct trial *trial, int number, const void *bytes, size_t size)
{
    const struct sctp_layout *layout = sctp_layout_of_type(dialect_of(trial)->options, number);
    json_t *json = size > 0 ? json_object() : NULL; /* nothing is no structure of zeros */
    if (json == NULL)
        return NULL;
    for (size_t i = 0; layout != NULL && i < SCTP_MEMBERS && layout->members[i].name != NULL; i++) {
        json_t *value = member_json(trial, &layout->members[i], bytes, size);
        bool plain = strcmp(layout->members[i].name, "value") == 0;
        if (plain) {
            json_decref(json);
            return value;
        }
        if (layout->members[i].offset < size) /* what was not given is no zero */
            json_object_set_new(json, layout->members[i].name, value);
        else
            json_decref(value);
    }
    return json;
}

/* The words of case files: a member's name behind its first underscore, and these. */
static const char *word_of(const struct sctp_member *member)
{
    static const char *const others[][2] = {{"spc_aaddr", "address"},
                                            {"ssfe_info.snd_sid", "stream"},
                                            {"ssfe_info.snd_context", "context"},
                                            {"sender_dry_flags", "flags"},
                                            {"sender_dry_assoc_id", "assoc_id"}};
    const char *behind = strchr(member->name, '_');
    const char *word = behind != NULL ? behind + 1 : member->name;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i][0], member->name) == 0)
            word = others[i][1];
    return word;
}

json_t *sctpvalue_notification(const struct trial *trial, const void *bytes, size_t size)
{
    uint16_t type = 0;
    memcpy(&type, bytes, size < sizeof type ? size : sizeof type);
    const struct sctp_layout *layout = sctp_layout_of_type(dialect_of(trial)->notifications, type);
    json_t *json =
        json_pack("{s:o}", "type",
                  layout != NULL ? json_string(layout->name) : json_sprintf("type %u", type));
    for (size_t i = 0; layout != NULL && i < SCTP_MEMBERS && layout->members[i].name != NULL; i++) {
        json_t *value = member_json(trial, &layout->members[i], bytes, size);
        if (value != NULL)
            json_object_set_new(json, word_of(&layout->members[i]), value);
    }
    return json;
}

json_t *sctpvalue_info(const struct sctp_receive *told)
{
    json_t *flags = json_array();
    if (told->unordered)
        json_array_append_new(flags, json_string("SCTP_UNORDERED"));
    json_t *info =
        json_pack("{s:i, s:i, s:I, s:o, s:I, s:I, s:I}", "stream", told->stream, "ssn", told->ssn,
                  "ppid", (json_int_t)told->ppid, "flags", flags, "tsn", (json_int_t)told->tsn,
                  "context", (json_int_t)told->context, "assoc_id", (json_int_t)told->assoc);
    if (!told->told) {
        json_decref(info);
        info = NULL;
    }
    return info;
}
