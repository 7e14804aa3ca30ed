/* SPDX-License-Identifier: MIT */
#include "trial/ancillary.h"

#include "case/number.h"
#include "observe/symbol.h"
#include "trial/endpoint.h"

#include <netinet/udp.h>
#include <string.h>

enum { DATA_MAX = 64 };

/* --- sent ---------------------------------------------------------------------------------------
 */

static struct sockaddr_storage address_of(struct trial *trial, const struct node *item)
{
    struct sockaddr_storage address = {0};
    const struct node *node = node_get(item, "addr");
    if (node != NULL)
        endpoint_resolve(trial, node, &address);
    return address;
}

/* The data of one message, as the option's man page lays it out: ip(7), ipv6(7), udp(7). Returns
   its size. */
static size_t write_data(struct trial *trial, const struct option *option, const struct node *item,
                         uint8_t *out)
{
    int number = (int)number_of(node_get(item, "value"), 0);
    unsigned index = (unsigned)number_of(node_get(item, "ifindex"), 0);
    struct sockaddr_storage address = address_of(trial, item);
    struct in_pktinfo info4 = {.ipi_ifindex = (int)index,
                               .ipi_spec_dst = ((struct sockaddr_in *)&address)->sin_addr};
    struct in6_pktinfo info6 = {.ipi6_addr = ((struct sockaddr_in6 *)&address)->sin6_addr,
                                .ipi6_ifindex = index};
    uint16_t segment = (uint16_t)number;
    const void *data = &number;
    size_t size = sizeof number;
    if (option->level == IPPROTO_IP && option->number == IP_PKTINFO) {
        data = &info4;
        size = sizeof info4;
    } else if (option->level == IPPROTO_IPV6 && option->number == IPV6_PKTINFO) {
        data = &info6;
        size = sizeof info6;
    } else if (option->level == IPPROTO_UDP && option->number == UDP_SEGMENT) {
        data = &segment;
        size = sizeof segment;
    }
    memcpy(out, data, size);
    return size;
}

size_t ancillary_size(const struct node *list)
{
    return list->count * CMSG_SPACE(DATA_MAX);
}

size_t ancillary_write(struct trial *trial, const struct node *list, void *out)
{
    size_t at = 0;
    for (const struct node *item = list->first; item != NULL; item = item->next) {
        const struct node *type = node_get(item, "type");
        const struct option *option = type != NULL ? option_find(type->text) : NULL;
        struct cmsghdr *header = (struct cmsghdr *)((uint8_t *)out + at);
        if (option == NULL)
            continue; /* the checker has seen to that */
        size_t size = write_data(trial, option, item, CMSG_DATA(header));
        header->cmsg_level = option->level;
        header->cmsg_type = option->number;
        header->cmsg_len = CMSG_LEN(size);
        at += CMSG_SPACE(size);
    }
    return at;
}

/* --- received -----------------------------------------------------------------------------------
 */

static json_t *pktinfo_json(const struct trial *trial, int family, const void *data)
{
    struct sockaddr_storage address = {.ss_family = (sa_family_t)family};
    unsigned index = 0;
    if (family == AF_INET) {
        const struct in_pktinfo *info = data;
        ((struct sockaddr_in *)&address)->sin_addr = info->ipi_addr;
        index = (unsigned)info->ipi_ifindex;
    } else {
        const struct in6_pktinfo *info = data;
        ((struct sockaddr_in6 *)&address)->sin6_addr = info->ipi6_addr;
        index = info->ipi6_ifindex;
    }
    return json_pack("{s:s, s:o, s:i}", "type", family == AF_INET ? "IP_PKTINFO" : "IPV6_PKTINFO",
                     "addr", endpoint_describe(trial, &address, sizeof address), "ifindex",
                     (int)index);
}

struct extended_error { /* struct sock_extended_err of linux/errqueue.h, then the offender */
    uint32_t number;
    uint8_t origin, type, code, pad;
    uint32_t info, data;
    struct sockaddr_storage offender;
};

static json_t *exterr_json(const struct trial *trial, const char *type, const void *data,
                           size_t size)
{
    struct extended_error error = {0};
    memcpy(&error, data, size < sizeof error ? size : sizeof error);
    json_t *json =
        json_pack("{s:s, s:o, s:o, s:i, s:i, s:I, s:I}", "type", type, "ee_errno",
                  symbol_name(GROUP_ERRNO, error.number), "ee_origin",
                  symbol_name(GROUP_EE_ORIGIN, error.origin), "ee_type", error.type, "ee_code",
                  error.code, "ee_info", (json_int_t)error.info, "ee_data", (json_int_t)error.data);
    json_t *offender = endpoint_describe(trial, &error.offender, sizeof error.offender);
    if (offender != NULL)
        json_object_set_new(json, "offender", offender);
    return json;
}

/* Where a message was sent to, before it was turned here: ip(7), IP_RECVORIGDSTADDR. The option
   that asks for it has the same number. */
static json_t *original_json(const struct trial *trial, const char *type, const void *data,
                             size_t size)
{
    struct sockaddr_storage address = {0};
    memcpy(&address, data, size < sizeof address ? size : sizeof address);
    json_t *json = json_pack("{s:s}", "type", type);
    json_t *addr = endpoint_told(trial, &address, (socklen_t)size);
    if (addr != NULL)
        json_object_set_new(json, "addr", addr);
    return json;
}

/* A time stamp begins with its seconds: struct timeval, timespec, scm_timestamping. */
static bool is_stamp(const struct cmsghdr *message)
{
    int type = message->cmsg_type;
    return message->cmsg_level == SOL_SOCKET &&
           (type == SO_TIMESTAMP || type == SO_TIMESTAMPNS || type == SO_TIMESTAMPING);
}

static int64_t number_in(const struct cmsghdr *message, const void *data, size_t size)
{
    int64_t wide = 0;
    int number = 0;
    memcpy(&wide, data, size < sizeof wide ? size : sizeof wide);
    memcpy(&number, data, size < sizeof number ? size : sizeof number);
    return is_stamp(message) ? wide : number;
}

static json_t *cmsg_json(const struct trial *trial, const struct cmsghdr *message)
{
    const void *data = CMSG_DATA(message);
    size_t size = message->cmsg_len - CMSG_LEN(0);
    if (message->cmsg_level == IPPROTO_IP && message->cmsg_type == IP_PKTINFO)
        return pktinfo_json(trial, AF_INET, data);
    if (message->cmsg_level == IPPROTO_IPV6 && message->cmsg_type == IPV6_PKTINFO)
        return pktinfo_json(trial, AF_INET6, data);
    if (message->cmsg_level == IPPROTO_IP && message->cmsg_type == IP_RECVERR)
        return exterr_json(trial, "IP_RECVERR", data, size);
    if (message->cmsg_level == IPPROTO_IPV6 && message->cmsg_type == IPV6_RECVERR)
        return exterr_json(trial, "IPV6_RECVERR", data, size);
    if (message->cmsg_level == IPPROTO_IP && message->cmsg_type == IP_ORIGDSTADDR)
        return original_json(trial, "IP_ORIGDSTADDR", data, size);
    if (message->cmsg_level == IPPROTO_IPV6 && message->cmsg_type == IPV6_ORIGDSTADDR)
        return original_json(trial, "IPV6_ORIGDSTADDR", data, size);
    const struct option *option = option_numbered(message->cmsg_level, message->cmsg_type);
    return json_pack("{s:s, s:I}", "type", option != NULL ? option->name : "unknown", "value",
                     (json_int_t)number_in(message, data, size));
}

json_t *ancillary_json(const struct trial *trial, struct piece bytes, size_t size)
{
    json_t *list = json_array();
    struct msghdr message = {.msg_control = shared_at(trial->stage->shared, bytes),
                             .msg_controllen = size};
    for (struct cmsghdr *one = CMSG_FIRSTHDR(&message); one != NULL;
         one = CMSG_NXTHDR(&message, one))
        json_array_append_new(list, cmsg_json(trial, one));
    return list;
}
