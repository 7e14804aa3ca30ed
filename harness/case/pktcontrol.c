/* SPDX-License-Identifier: MIT */
#include "case/pktcontrol.h"

#include "case/pktcall.h"

#include <string.h>
#include <sys/socket.h>

static struct node *number_of_code(struct pktbuild *build, const struct pkt_value *value)
{
    return pktnode_word(build->arena, value->mark, "%lld",
                        (long long)pktbuild_number(build, value, GROUP_OPTION_VALUE));
}

/* A member of a queued error: 0 is a number in any of them. */
static struct node *member_of_error(struct pktbuild *build, const struct pkt_value *one)
{
    bool zero = one->kind == PKT_VALUE_NUMBER && one->number == 0;
    struct node *node = NULL;
    if (strcmp(one->name, "ee_errno") == 0 && !zero)
        node = pktbuild_name(build, one, GROUP_ERRNO);
    else if (strcmp(one->name, "ee_origin") == 0)
        node = pktbuild_name(build, one, GROUP_EE_ORIGIN);
    else
        node = number_of_code(build, one);
    return node;
}

static void put_error(struct pktbuild *build, struct node *map, const struct pkt_value *data)
{
    static const char *const known[] = {"ee_errno", "ee_origin", "ee_type",
                                        "ee_code",  "ee_info",   "ee_data"};
    for (const struct pkt_value *one = data->first; one != NULL; one = one->next) {
        bool is = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            is = is || (one->name != NULL && strcmp(one->name, known[i]) == 0);
        if (!is)
            pktbuild_lacks(build, one, "a member of a queued error");
        else if (one->kind != PKT_VALUE_ANY)
            pktnode_put(map, one->name, member_of_error(build, one));
    }
}

/* The option that a control message is called after; a queued error is one of the socket's family.
 */
static const char *name_of(const struct pktbuild *build, const char *type)
{
    bool six = build->family == AF_INET6 || build->mapped;
    const char *name = type;
    if (strcmp(type, "TCP_CM_INQ") == 0)
        name = "TCP_INQ";
    else if (strcmp(type, "CMSG_TYPE_RECVERR") == 0)
        name = six ? "IPV6_RECVERR" : "IP_RECVERR";
    else if (strcmp(type, "SCM_TIMESTAMPING") == 0)
        name = "SO_TIMESTAMPING";
    return name;
}

/* Some time: which is held against the script's by who carries it out. */
static struct node *any_time(struct pktbuild *build, struct mark mark)
{
    struct node *any = pktnode_map(build->arena, mark);
    pktnode_put(any, "at_least", pktnode_word(build->arena, mark, "1"));
    return any;
}

static struct node *message(struct pktbuild *build, const struct pkt_value *value)
{
    const struct pkt_value *type = pktcall_member(value, "cmsg_type");
    const struct pkt_value *data = pktcall_member(value, "cmsg_data");
    struct node *map = pktnode_map(build->arena, value->mark);
    const char *name =
        type != NULL && type->kind == PKT_VALUE_NAME ? name_of(build, type->text) : "";
    bool error = strcmp(name, "IP_RECVERR") == 0 || strcmp(name, "IPV6_RECVERR") == 0;
    bool stamp = strcmp(name, "SO_TIMESTAMPING") == 0;
    const struct pkt_value *one =
        data != NULL && data->kind == PKT_VALUE_LIST && data->count == 1 ? data->first : data;
    bool number = one != NULL && (one->kind == PKT_VALUE_NUMBER || one->kind == PKT_VALUE_NAME);
    if (type == NULL || data == NULL || option_find(name) == NULL ||
        (!error && !stamp && !number) || ((error || stamp) && data->kind != PKT_VALUE_STRUCT)) {
        pktbuild_lacks(build, value, "control message %s", *name != '\0' ? name : "of no type");
        return map;
    }
    pktnode_put(map, "type", pktnode_word(build->arena, type->mark, "%s", name));
    if (error)
        put_error(build, map, data);
    else if (stamp)
        pktnode_put(map, "value", any_time(build, data->mark));
    else
        pktnode_put(map, "value", number_of_code(build, one));
    return map;
}

struct node *pktcontrol_expected(struct pktbuild *build, const struct pkt_value *list)
{
    struct node *out = pktnode_list(build->arena, list->mark);
    for (const struct pkt_value *one = list->first; one != NULL && !build->failed; one = one->next)
        pktnode_put(out, NULL, message(build, one));
    return out;
}
