/* SPDX-License-Identifier: MIT */
#include "trial/optionvalue.h"

#include "case/limit.h"
#include "case/number.h"
#include "case/structure.h"
#include "observe/content.h"
#include "observe/symbol.h"
#include "trial/endpoint.h"
#include "trial/sctpvalue.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

int64_t optionvalue_number(struct trial *trial, const char *name)
{
    const struct option *option = option_find(name);
    if (option != NULL && option->type == OPTION_SCTP)
        return option_key(IPPROTO_SCTP, sctpvalue_number(trial, option->name));
    return option != NULL ? option_key(option->level, option->number) : 0;
}

/* --- given ---------------------------------------------------------------------------------- */

/* The address that stands there in the bytes of its family. Returns them; 0: the host has none. */
static size_t write_address(const struct trial *trial, const struct node *node, int family,
                            void *out)
{
    const struct node *host = node->kind == NODE_SCALAR ? node : node_get(node, "host");
    struct in6_addr address = {0};
    size_t size = family == AF_INET ? sizeof(struct in_addr) : sizeof address;
    bool known = host != NULL && endpoint_host(trial, host->text, family, &address);
    memcpy(out, address.s6_addr + sizeof address - size, size);
    return known ? size : 0;
}

static size_t write_structure(const struct trial *trial, const struct structure *structure,
                              const struct node *value, void *out)
{
    memset(out, 0, structure->size);
    for (const struct structure_member *one = structure->members; one->name != NULL; one++) {
        const struct node *node = node_get(value, one->name);
        int number = (int)number_of(node, 0);
        char *at = (char *)out + one->offset;
        if (node != NULL && one->kind == STRUCTURE_NUMBER)
            memcpy(at, &number, sizeof number);
        else if (node != NULL)
            write_address(trial, node, one->kind == STRUCTURE_ADDRESS4 ? AF_INET : AF_INET6, at);
    }
    return structure->size;
}

static size_t write_bytes(struct trial *trial, const struct node *value, void *out)
{
    struct pattern none = {0, 0};
    size_t size = content_size(value);
    if (size > OPTION_ROOM) {
        trial_broken(trial, CODE_TOO_LARGE, "an option's value has at most %d bytes", OPTION_ROOM);
        return 0;
    }
    content_write(value, &none, out);
    return size;
}

/* A number in so many bytes. */
static size_t write_number(const struct node *value, size_t size, bool network, void *out)
{
    int64_t wide = number_of(value, 0);
    int number = network ? (int)htonl((uint32_t)wide) : (int)wide;
    memcpy(out, size == sizeof wide ? (void *)&wide : (void *)&number, size);
    return size;
}

static size_t write_time(const struct node *value, void *out)
{
    int64_t us = number_of(value, 0);
    struct timeval time = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    memcpy(out, &time, sizeof time);
    return sizeof time;
}

static size_t write_linger(const struct node *value, void *out)
{
    struct linger linger = {(int)number_of(node_get(value, "l_onoff"), 0),
                            (int)number_of(node_get(value, "l_linger"), 0)};
    memcpy(out, &linger, sizeof linger);
    return sizeof linger;
}

size_t optionvalue_write(struct trial *trial, const struct option *option, const struct node *value,
                         void *out)
{
    size_t size = 0;
    switch (option->type) {
    case OPTION_SCTP:
        size = sctpvalue_option(trial, option->name, value, out, OPTION_ROOM);
        break;
    case OPTION_TIME:
        size = write_time(value, out);
        break;
    case OPTION_LINGER:
        size = write_linger(value, out);
        break;
    case OPTION_TEXT:
    case OPTION_BYTES:
        size = write_bytes(trial, value, out);
        break;
    case OPTION_ADDRESS:
        size = write_address(trial, value, AF_INET, out);
        break;
    case OPTION_MREQ:
    case OPTION_MREQ_SOURCE:
    case OPTION_MREQ6:
    case OPTION_PKTINFO6:
    case OPTION_TXTIME:
        size = write_structure(trial, structure_of(option->type), value, out);
        break;
    case OPTION_WIDE:
        size = write_number(value, sizeof(int64_t), false, out);
        break;
    case OPTION_NETWORK:
        size = write_number(value, sizeof(int), true, out);
        break;
    case OPTION_INT:
    case OPTION_ERRNO:
    case OPTION_TYPE:
    case OPTION_FAMILY:
    case OPTION_PROTO:
    case OPTION_STAMPING:
    case OPTION_TCPINFO: /* read only, as the next: a number is as good as any to be refused */
    case OPTION_MTUINFO6:
        size = write_number(value, sizeof(int), false, out);
        break;
    case OPTION_UNBUILT: /* refused by lint */
    case OPTION_TYPES:
        break;
    }
    return size;
}

/* --- seen ------------------------------------------------------------------------------------ */

static json_t *tcp_info_json(const void *bytes, size_t size)
{
    struct tcp_info info = {0};
    memcpy(&info, bytes, size < sizeof info ? size : sizeof info);
    return json_pack("{s:o, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "tcpi_state",
                     symbol_name(GROUP_TCP_STATE, info.tcpi_state), "tcpi_retransmits",
                     info.tcpi_retransmits, "tcpi_unacked", info.tcpi_unacked, "tcpi_sacked",
                     info.tcpi_sacked, "tcpi_total_retrans", info.tcpi_total_retrans,
                     "tcpi_snd_mss", info.tcpi_snd_mss, "tcpi_rcv_mss", info.tcpi_rcv_mss,
                     "tcpi_options", info.tcpi_options);
}

static json_t *structure_json(const struct structure *structure, const void *bytes)
{
    json_t *json = json_object();
    for (const struct structure_member *one = structure->members; one->name != NULL; one++) {
        const char *at = (const char *)bytes + one->offset;
        char text[INET6_ADDRSTRLEN] = "";
        int number = 0;
        if (one->kind == STRUCTURE_NUMBER) {
            memcpy(&number, at, sizeof number);
            json_object_set_new(json, one->name, json_integer(number));
        } else {
            inet_ntop(one->kind == STRUCTURE_ADDRESS4 ? AF_INET : AF_INET6, at, text, sizeof text);
            json_object_set_new(json, one->name, json_string(text));
        }
    }
    return json;
}

static json_t *address_json(const struct trial *trial, const void *bytes)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_storage address = {0};
    memcpy(&in.sin_addr, bytes, sizeof in.sin_addr);
    memcpy(&address, &in, sizeof in);
    return endpoint_describe(trial, &address, sizeof in);
}

static json_t *number_json(enum option_type type, const void *bytes, size_t size)
{
    int64_t wide = 0;
    int number = 0;
    memcpy(&wide, bytes, size < sizeof wide ? size : sizeof wide);
    memcpy(&number, bytes, size < sizeof number ? size : sizeof number);
    return json_integer(type == OPTION_WIDE      ? wide
                        : type == OPTION_NETWORK ? (int)ntohl((uint32_t)number)
                                                 : number);
}

static json_t *word_json(enum constant_group group, const void *bytes)
{
    int number = 0;
    memcpy(&number, bytes, sizeof number);
    return symbol_name(group, number);
}

static json_t *hex_json(const uint8_t *bytes, size_t size)
{
    char text[2 * OPTION_ROOM + 1] = "";
    for (size_t i = 0; i < size && i < OPTION_ROOM; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return json_pack("{s:s}", "hex", text);
}

static json_t *time_json(const void *bytes)
{
    struct timeval time;
    memcpy(&time, bytes, sizeof time);
    return json_integer((json_int_t)time.tv_sec * 1000000 + time.tv_usec);
}

static json_t *linger_json(const void *bytes)
{
    struct linger linger;
    memcpy(&linger, bytes, sizeof linger);
    return json_pack("{s:i, s:i}", "l_onoff", linger.l_onoff, "l_linger", linger.l_linger);
}

/* The length is a part of what getsockopt gives: a value of another one is none. */
static json_t *short_or_long(const struct option *option, size_t size)
{
    size_t wanted = option != NULL ? structure_size(option->type) : 0;
    return wanted == 0 || size == wanted
               ? NULL
               : json_sprintf("%zu bytes, where %s has %zu", size, option->name, wanted);
}

static json_t *option_json(const struct trial *trial, const struct option *option,
                           const void *bytes, size_t size)
{
    enum option_type type = option != NULL ? option->type : OPTION_INT;
    json_t *json = NULL;
    switch (type) {
    case OPTION_ERRNO:
        json = word_json(GROUP_ERRNO, bytes);
        break;
    case OPTION_TYPE:
        json = word_json(GROUP_SOCKET_TYPE, bytes);
        break;
    case OPTION_FAMILY:
        json = word_json(GROUP_FAMILY, bytes);
        break;
    case OPTION_PROTO:
        json = word_json(GROUP_PROTOCOL, bytes);
        break;
    case OPTION_TIME:
        json = time_json(bytes);
        break;
    case OPTION_LINGER:
        json = linger_json(bytes);
        break;
    case OPTION_TCPINFO:
        json = tcp_info_json(bytes, size);
        break;
    case OPTION_TEXT:
        json = json_stringn(bytes, strnlen(bytes, size));
        break;
    case OPTION_ADDRESS:
        json = address_json(trial, bytes);
        break;
    case OPTION_MREQ:
    case OPTION_MREQ_SOURCE:
    case OPTION_MREQ6:
    case OPTION_PKTINFO6:
    case OPTION_MTUINFO6:
    case OPTION_TXTIME:
        json = structure_json(structure_of(type), bytes);
        break;
    case OPTION_BYTES:
        json = hex_json(bytes, size);
        break;
    case OPTION_INT:
    case OPTION_STAMPING:
    case OPTION_WIDE:
    case OPTION_NETWORK:
    case OPTION_SCTP:
    case OPTION_UNBUILT:
    case OPTION_TYPES:
        json = number_json(type, bytes, size);
        break;
    }
    return json;
}

static json_t *length_json(const struct trial *trial, const struct option *option,
                           const void *bytes, size_t size)
{
    json_t *wrong = short_or_long(option, size);
    bool may_be_empty =
        option != NULL && (option->type == OPTION_TEXT || option->type == OPTION_BYTES);
    if (size == 0 && wrong == NULL && !may_be_empty) /* nothing is no number */
        return NULL;
    return wrong != NULL ? wrong : option_json(trial, option, bytes, size);
}

json_t *optionvalue_json(const struct trial *trial, int64_t number, const void *bytes, size_t size)
{
    int level = (int)(number >> 32);
    return level == IPPROTO_SCTP
               ? sctpvalue_option_json(trial, (int)number, bytes, size)
               : length_json(trial, option_numbered(level, (int)number), bytes, size);
}
