/* SPDX-License-Identifier: MIT */
#include "case/pktsockopt.h"

#include "case/pktcall.h"

#include <string.h>
#include <sys/ioctl.h>

/* The option that the call names, at its level; NULL after a lack. */
static const struct option *option_at(struct pktbuild *build)
{
    const struct pkt_value *level = pktbuild_argument(build, 1);
    const struct pkt_value *name = pktbuild_argument(build, 2);
    const struct option *option = name->kind == PKT_VALUE_NAME ? option_find(name->text) : NULL;
    const struct constant *protocol =
        level->kind == PKT_VALUE_NAME ? constant_find(GROUP_PROTOCOL, level->text) : NULL;
    int64_t number = protocol != NULL
                         ? protocol->value
                         : (build->failed ? 0 : pktbuild_number(build, level, GROUP_LEVEL));
    if (!build->failed && (option == NULL || option->level != number)) {
        pktbuild_lacks(build, name, "socket option %s",
                       *name->text != '\0' ? name->text : "that is a number");
        option = NULL;
    }
    return build->failed ? NULL : option;
}

/* The only value of [value], or the value itself. */
static const struct pkt_value *unwrapped(const struct pkt_value *value)
{
    return value->kind == PKT_VALUE_LIST && value->count == 1 ? value->first : value;
}

static void put_member(struct pktbuild *build, struct node *map, const char *key,
                       const struct pkt_value *value)
{
    pktnode_put(map, key,
                pktnode_word(build->arena, value->mark, "%lld",
                             (long long)pktbuild_number(build, value, GROUP_OPTION_VALUE)));
}

/* {onoff=1, linger=5} */
static struct node *linger(struct pktbuild *build, const struct pkt_value *value)
{
    struct node *map = pktnode_map(build->arena, value->mark);
    const struct pkt_value *onoff = pktcall_member(value, "onoff");
    const struct pkt_value *time = pktcall_member(value, "linger");
    if (onoff == NULL || time == NULL) {
        pktbuild_lacks(build, value, "a value of SO_LINGER");
        return map;
    }
    put_member(build, map, "l_onoff", onoff);
    put_member(build, map, "l_linger", time);
    return map;
}

/* {tv_sec=1, tv_usec=5} */
static struct node *timeval(struct pktbuild *build, const struct pkt_value *value)
{
    const struct pkt_value *seconds = pktcall_member(value, "tv_sec");
    const struct pkt_value *rest = pktcall_member(value, "tv_usec");
    if (seconds == NULL || rest == NULL) {
        pktbuild_lacks(build, value, "a value of a time");
        return pktnode_map(build->arena, value->mark);
    }
    long long us = pktbuild_number(build, seconds, GROUP_OPTION_VALUE) * 1000000 +
                   pktbuild_number(build, rest, GROUP_OPTION_VALUE);
    return pktnode_word(build->arena, value->mark, "%lldus", us);
}

static struct node *value_of(struct pktbuild *build, const struct option *option)
{
    const struct pkt_value *given = unwrapped(pktbuild_argument(build, 3));
    struct node *node = NULL;
    bool number = option->type == OPTION_INT || option->type == OPTION_STAMPING ||
                  option->type == OPTION_WIDE || option->type == OPTION_TYPE ||
                  option->type == OPTION_FAMILY || option->type == OPTION_PROTO;
    if (option->type == OPTION_LINGER)
        node = linger(build, given);
    else if (option->type == OPTION_TIME)
        node = timeval(build, given);
    else if (option->type == OPTION_ERRNO && (given->kind == PKT_VALUE_NAME || given->number != 0))
        node = pktbuild_name(build, given, GROUP_ERRNO);
    else if ((option->type == OPTION_TEXT || option->type == OPTION_BYTES) &&
             given->kind == PKT_VALUE_TEXT)
        node = pktnode_text(build->arena, given->mark, given->text, given->length);
    else if (number || option->type == OPTION_ERRNO)
        node = pktnode_word(build->arena, given->mark, "%lld",
                            (long long)pktbuild_number(build, given, GROUP_OPTION_VALUE));
    else
        pktbuild_lacks(build, given, "a value of %s", option->name);
    return node;
}

void pktsockopt_set(struct pktbuild *build)
{
    const struct option *option = option_at(build);
    struct node *value = option != NULL ? value_of(build, option) : NULL;
    if (value == NULL)
        return;
    struct node *in = pktnode_map(build->arena, build->event->mark);
    pktnode_put(in, option->name, value);
    pktbuild_verb(build, "setsockopt", in);
}

void pktsockopt_get(struct pktbuild *build)
{
    const struct option *option = option_at(build);
    const struct pkt_value *given = pktbuild_argument(build, 3);
    if (option == NULL)
        return;
    pktbuild_verb(build, "getsockopt",
                  pktnode_word(build->arena, build->event->mark, "%s", option->name));
    bool fails = build->call->error.text != NULL;
    struct node *value = given->kind != PKT_VALUE_ANY && !fails ? value_of(build, option) : NULL;
    if (value != NULL)
        pktnode_put(build->body, "value", value);
}

void pktsockopt_fcntl(struct pktbuild *build)
{
    const struct pkt_value *command = pktbuild_argument(build, 1);
    struct node *name = pktbuild_name(build, command, GROUP_FCNTL);
    const struct pkt_value *argument = pktcall_argument(build->call, 2);
    bool flags = strcmp(name->text, "F_SETFL") == 0 || strcmp(name->text, "F_GETFL") == 0;
    if (!flags)
        pktbuild_lacks(build, command, "fcntl %s", name->text);
    if (strcmp(name->text, "F_SETFL") != 0 || build->failed || argument == NULL) {
        pktbuild_verb(build, "fcntl", name);
        return;
    }
    struct node *in = pktnode_map(build->arena, build->event->mark);
    pktnode_put(in, "F_SETFL", pktbuild_flags(build, argument, GROUP_OPEN));
    pktbuild_verb(build, "fcntl", in);
}

/* SIOCINQ is FIONREAD, SIOCOUTQ is TIOCOUTQ. */
void pktsockopt_ioctl(struct pktbuild *build)
{
    const struct pkt_value *request = pktbuild_argument(build, 1);
    const struct pkt_value *value = pktcall_argument(build->call, 2);
    const char *known = request->text;
    if (strcmp(known, "FIONREAD") == 0 && constant_find(GROUP_IOCTL, known) == NULL)
        known = "SIOCINQ";
    else if (strcmp(known, "SIOCINQ") == 0 && constant_find(GROUP_IOCTL, known) == NULL)
        known = "FIONREAD";
    if (request->kind != PKT_VALUE_NAME || constant_find(GROUP_IOCTL, known) == NULL) {
        pktbuild_lacks(build, request, "ioctl %s", request->text);
        return;
    }
    pktbuild_verb(build, "ioctl", pktnode_word(build->arena, request->mark, "%s", known));
    if (value == NULL || build->call->error.text != NULL)
        return;
    const struct pkt_value *one = unwrapped(value);
    pktnode_put(build->body, "value",
                pktnode_word(build->arena, one->mark, "%lld",
                             (long long)pktbuild_number(build, one, GROUP_OPTION_VALUE)));
}
