/* SPDX-License-Identifier: MIT */
#include "trial/scriptstamp.h"

#include "case/pktcall.h"

#include <string.h>
#include <sys/socket.h>
#include <time.h>

static bool is_stamp(const struct pkt_value *message)
{
    const struct pkt_value *type = pktcall_member(message, "cmsg_type");
    return type != NULL && type->kind == PKT_VALUE_NAME &&
           (strcmp(type->text, "SCM_TIMESTAMPING") == 0 ||
            strcmp(type->text, "SO_TIMESTAMPING") == 0);
}

static int64_t number(const struct pkt_value *value)
{
    return value != NULL && value->kind == PKT_VALUE_NUMBER ? value->number : 0;
}

int64_t scriptstamp_expected(const struct pkt_call *call)
{
    const struct pkt_value *control = pktcall_member(pktcall_argument(call, 1), "msg_control");
    int64_t us = -1;
    if (strcmp(call->name.text, "recvmsg") != 0 || control == NULL)
        return us;
    for (const struct pkt_value *one = control->first; one != NULL; one = one->next) {
        const struct pkt_value *data = pktcall_member(one, "cmsg_data");
        if (is_stamp(one) && data != NULL && data->kind == PKT_VALUE_STRUCT)
            us = number(pktcall_member(data, "scm_sec")) * 1000000 +
                 number(pktcall_member(data, "scm_nsec")) / 1000;
    }
    return us;
}

uint64_t scriptstamp_live(void *control, size_t size)
{
    struct msghdr message = {.msg_control = control, .msg_controllen = size};
    uint64_t ns = 0;
    for (struct cmsghdr *one = CMSG_FIRSTHDR(&message); one != NULL;
         one = CMSG_NXTHDR(&message, one)) {
        struct timespec stamp;
        if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SO_TIMESTAMPING ||
            one->cmsg_len < CMSG_LEN(sizeof stamp))
            continue;
        memcpy(&stamp, CMSG_DATA(one), sizeof stamp);
        ns = (uint64_t)stamp.tv_sec * 1000000000U + (uint64_t)stamp.tv_nsec;
    }
    return ns;
}
