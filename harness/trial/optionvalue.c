/* SPDX-License-Identifier: MIT */
#include "trial/optionvalue.h"

#include "case/limit.h"
#include "case/number.h"
#include "observe/symbol.h"
#include "trial/sctpvalue.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

int64_t optionvalue_number(struct trial *trial, const char *name)
{
    const struct option *option = option_find(name);
    if (option != NULL && option->type == OPTION_SCTP)
        return (int64_t)IPPROTO_SCTP << 32 | (uint32_t)sctpvalue_number(trial, option->name);
    return option != NULL ? (int64_t)option->level << 32 | (uint32_t)option->number : 0;
}

size_t optionvalue_write(struct trial *trial, const struct option *option, const struct node *value,
                         void *out)
{
    int number = (int)number_of(value, 0);
    int64_t us = number_of(value, 0);
    struct timeval time = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    if (option->type == OPTION_SCTP)
        return sctpvalue_option(trial, option->name, value, out, OPTION_ROOM);
    struct linger linger = {(int)number_of(node_get(value, "l_onoff"), 0),
                            (int)number_of(node_get(value, "l_linger"), 0)};
    size_t size = sizeof number;
    switch (option->type) {
    case OPTION_TIME:
        size = sizeof time;
        memcpy(out, &time, size);
        break;
    case OPTION_LINGER:
        size = sizeof linger;
        memcpy(out, &linger, size);
        break;
    case OPTION_TEXT:
        size = value->length <= OPTION_ROOM ? value->length : 0;
        memcpy(out, value->text, size);
        if (value->length > OPTION_ROOM)
            trial_broken(trial, CODE_TOO_LARGE, "an option's value has at most %d bytes",
                         OPTION_ROOM);
        break;
    case OPTION_INT:
    case OPTION_ERRNO:
    case OPTION_TYPE:
    case OPTION_FAMILY:
    case OPTION_PROTO:
    case OPTION_TCPINFO:
    case OPTION_SCTP: /* taken above */
        memcpy(out, &number, size);
        break;
    }
    return size;
}

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

static json_t *option_json(const struct option *option, const void *bytes, size_t size)
{
    int number = 0;
    struct timeval time = {0, 0};
    struct linger linger = {0, 0};
    memcpy(&number, bytes, size < sizeof number ? size : sizeof number);
    memcpy(&time, bytes, size < sizeof time ? size : sizeof time);
    memcpy(&linger, bytes, size < sizeof linger ? size : sizeof linger);
    switch (option == NULL ? OPTION_INT : option->type) {
    case OPTION_INT:
    case OPTION_SCTP:
        return json_integer(number);
    case OPTION_ERRNO:
        return symbol_name(GROUP_ERRNO, number);
    case OPTION_TYPE:
        return symbol_name(GROUP_SOCKET_TYPE, number);
    case OPTION_FAMILY:
        return symbol_name(GROUP_FAMILY, number);
    case OPTION_PROTO:
        return symbol_name(GROUP_PROTOCOL, number);
    case OPTION_TIME:
        return json_integer((json_int_t)time.tv_sec * 1000000 + time.tv_usec);
    case OPTION_LINGER:
        return json_pack("{s:i, s:i}", "l_onoff", linger.l_onoff, "l_linger", linger.l_linger);
    case OPTION_TCPINFO:
        return tcp_info_json(bytes, size);
    case OPTION_TEXT:
        return json_stringn(bytes, strnlen(bytes, size));
    }
    return json_integer(number);
}

json_t *optionvalue_json(const struct trial *trial, int64_t number, const void *bytes, size_t size)
{
    int level = (int)(number >> 32);
    return level == IPPROTO_SCTP ? sctpvalue_option_json(trial, (int)number, bytes, size)
                                 : option_json(option_numbered(level, (int)number), bytes, size);
}
