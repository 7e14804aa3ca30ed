/* SPDX-License-Identifier: MIT */
#include "wire/dump.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum { ROOM = 1 << 15 };

struct asking {
    struct nlmsghdr header;
    uint8_t body[INQUIRY_MAX];
};

static int ask(int netlink, const struct inquiry *inquiry)
{
    struct asking asking = {
        .header = {.nlmsg_len = (uint32_t)NLMSG_LENGTH(inquiry->size),
                   .nlmsg_type = inquiry->type,
                   .nlmsg_flags = NLM_F_REQUEST | (inquiry->all ? NLM_F_DUMP : NLM_F_ACK)}};
    memcpy(asking.body, inquiry->body, inquiry->size);
    return send(netlink, &asking, asking.header.nlmsg_len, 0) < 0 ? -1 : 0;
}

/* True when the message ends the answer; *error is what it ends with. */
static bool is_last(const struct nlmsghdr *message, int *error)
{
    int said = 0;
    bool last = message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE;
    /* Both begin with it: struct nlmsgerr, and what ended a dump before its end. */
    if (last && message->nlmsg_len >= NLMSG_LENGTH(sizeof said))
        memcpy(&said, NLMSG_DATA(message), sizeof said);
    *error = said < 0 ? -said : 0;
    return last;
}

int dump(int netlink, const struct inquiry *inquiry,
         void (*take)(void *context, const struct nlmsghdr *message), void *context)
{
    _Alignas(struct nlmsghdr) static uint8_t bytes[ROOM];
    int error = 0;
    bool over = false;
    if (ask(netlink, inquiry) < 0)
        return -1;
    while (!over) {
        ssize_t got = recv(netlink, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        size_t left = (size_t)got;
        for (const struct nlmsghdr *one = (const struct nlmsghdr *)bytes;
             NLMSG_OK(one, left) && !over; one = NLMSG_NEXT(one, left)) {
            over = is_last(one, &error);
            if (!over)
                take(context, one);
        }
    }
    errno = error;
    return error == 0 ? 0 : -1;
}

bool dump_attribute(const struct nlmsghdr *message, size_t header, size_t *at, struct dumped *out)
{
    struct nlattr attribute;
    size_t end = message->nlmsg_len;
    if (*at == 0)
        *at = NLMSG_LENGTH(NLMSG_ALIGN(header));
    if (*at + sizeof attribute > end)
        return false;
    const uint8_t *place = (const uint8_t *)message + *at;
    memcpy(&attribute, place, sizeof attribute);
    if (attribute.nla_len < sizeof attribute || *at + attribute.nla_len > end)
        return false;
    *out = (struct dumped){.type = attribute.nla_type & NLA_TYPE_MASK,
                           .size = attribute.nla_len - sizeof attribute,
                           .value = place + sizeof attribute};
    *at += NLA_ALIGN(attribute.nla_len);
    return true;
}
