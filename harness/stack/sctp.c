/* SPDX-License-Identifier: MIT */
#include "stack/sctp.h"

#include <string.h>

const struct sctp_layout *sctp_layout_find(const struct sctp_layout *list, const char *name)
{
    const struct sctp_layout *found = NULL;
    for (; list->name != NULL && found == NULL; list++)
        if (strcmp(list->name, name) == 0)
            found = list;
    return found;
}

const struct sctp_layout *sctp_layout_of_type(const struct sctp_layout *list, int type)
{
    const struct sctp_layout *found = NULL;
    for (; list->name != NULL && found == NULL; list++)
        if (list->number == type)
            found = list;
    return found;
}

static bool is_called(const struct sctp_member *member, const char *name)
{
    const char *behind = strchr(member->name, '_');
    return strcmp(member->name, name) == 0 || (behind != NULL && strcmp(behind + 1, name) == 0);
}

const struct sctp_member *sctp_member_find(const struct sctp_layout *layout, const char *name)
{
    const struct sctp_member *found = NULL;
    for (size_t i = 0; i < SCTP_MEMBERS && layout->members[i].name != NULL && found == NULL; i++)
        if (is_called(&layout->members[i], name))
            found = &layout->members[i];
    return found;
}

const struct sctp_constant *sctp_constant_find(const struct sctp_dialect *dialect, const char *name)
{
    const struct sctp_constant *found = NULL;
    for (const struct sctp_constant *one = dialect->constants; one->name != NULL && found == NULL;
         one++)
        if (strcmp(one->name, name) == 0)
            found = one;
    return found;
}

const char *sctp_constant_name(const struct sctp_dialect *dialect, enum sctp_set set, int64_t value)
{
    const char *name = NULL;
    for (const struct sctp_constant *one = dialect->constants; one->name != NULL && name == NULL;
         one++)
        if (one->set == set && one->value == value)
            name = one->name;
    return name;
}

/* RFC 6951 section 6: the port of encapsulation stands in network byte order. */
static uint16_t turned(const struct sctp_member *member, uint16_t value)
{
    return member->set == SCTP_SET_PORT ? htons(value) : value;
}

int64_t sctp_member_get(const struct sctp_member *member, const void *structure, size_t size)
{
    const char *at = (const char *)structure + member->offset;
    uint64_t eight = 0;
    uint32_t four = 0;
    uint16_t two = 0;
    uint8_t one = 0;
    int64_t value = 0;
    if (member->offset + member->size > size)
        return 0;
    if (member->size == sizeof eight) {
        memcpy(&eight, at, sizeof eight);
        value = (int64_t)eight;
    } else if (member->size == sizeof four) {
        memcpy(&four, at, sizeof four);
        value = four;
    } else if (member->size == sizeof two) {
        memcpy(&two, at, sizeof two);
        value = turned(member, two);
    } else if (member->size == sizeof one) {
        memcpy(&one, at, sizeof one);
        value = one;
    }
    return value;
}

void sctp_member_put(const struct sctp_member *member, void *structure, int64_t value)
{
    char *at = (char *)structure + member->offset;
    uint64_t eight = (uint64_t)value;
    uint32_t four = (uint32_t)value;
    uint16_t two = turned(member, (uint16_t)value);
    uint8_t one = (uint8_t)value;
    if (member->size == sizeof eight)
        memcpy(at, &eight, sizeof eight);
    else if (member->size == sizeof four)
        memcpy(at, &four, sizeof four);
    else if (member->size == sizeof two)
        memcpy(at, &two, sizeof two);
    else if (member->size == sizeof one)
        memcpy(at, &one, sizeof one);
}
