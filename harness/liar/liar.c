/* SPDX-License-Identifier: MIT */
#include "liar/liar.h"

#include "liar/told.h"
#include "liar/wrappers.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/*
 * Theory of operation. Every call of the table is wrapped; a wrapper does what its operators say
 * when the lie is about its call, and otherwise hands over. So the names are generated: one for
 * each operator that a call lists, and, since an option ignored is a lie of its own, one for each
 * option that setsockopt may ignore.
 */
enum { LIE_MAX = 600, NAME_MAX_LIE = 48 };

__extension__ typedef unsigned __int128 operator_set;
#define BIT(id) ((operator_set)1 << OP_##id)

static const struct {
    const char *name;
    operator_set operators;
} calls[CALL_COUNT] = {
#define CALL(name, operators) {#name, operators},
#include "liar/calls.def"
#undef CALL
};

static const struct {
    const char *word;
    const char *says;
} operators[OP_COUNT] = {
#define OPERATOR(id, word, says) {word, says},
#include "liar/operators.def"
#undef OPERATOR
};

static const struct {
    const char *name;
    int level, option;
} options[] = {
#define OPTION(level, name)                                                                        \
    {                                                                                              \
#name, level, name                                                                         \
    }
    OPTION(SOL_SOCKET, SO_REUSEADDR),
    OPTION(SOL_SOCKET, SO_LINGER),
    OPTION(SOL_SOCKET, SO_RCVTIMEO),
    OPTION(SOL_SOCKET, SO_SNDTIMEO),
    OPTION(SOL_SOCKET, SO_RCVLOWAT),
    OPTION(SOL_SOCKET, SO_RCVBUF),
    OPTION(SOL_SOCKET, SO_SNDBUF),
    OPTION(SOL_SOCKET, SO_OOBINLINE),
    OPTION(SOL_SOCKET, SO_KEEPALIVE),
    OPTION(SOL_SOCKET, SO_BROADCAST),
    OPTION(IPPROTO_TCP, TCP_NODELAY),
    OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT),
    OPTION(IPPROTO_TCP, TCP_MAXSEG),
    OPTION(IPPROTO_TCP, TCP_KEEPIDLE),
    OPTION(IPPROTO_TCP, TCP_KEEPINTVL),
    OPTION(IPPROTO_TCP, TCP_KEEPCNT),
    OPTION(IPPROTO_IP, IP_TTL),
    OPTION(IPPROTO_IP, IP_TOS),
    OPTION(IPPROTO_IP, IP_PKTINFO),
    OPTION(IPPROTO_IP, IP_RECVERR),
    OPTION(IPPROTO_IP, IP_HDRINCL),
    OPTION(IPPROTO_IPV6, IPV6_RECVPKTINFO),
    OPTION(IPPROTO_IPV6, IPV6_RECVERR),
    OPTION(IPPROTO_IPV6, IPV6_V6ONLY),
    OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
#undef OPTION
};

static struct {
    size_t count;
    char text[LIE_MAX][NAME_MAX_LIE];
    const char *name[LIE_MAX + 1];
    struct lie lie[LIE_MAX];
} all;

static void add(enum call call, enum operator operator, const char * more, int level, int option)
{
    if (all.count == LIE_MAX)
        return;
    char *text = all.text[all.count];
    snprintf(text, NAME_MAX_LIE, "%s/%s%s", calls[call].name, operators[operator].word, more);
    all.name[all.count] = text;
    all.lie[all.count++] = (struct lie){call, operator, level, option};
}

static void generate(void)
{
    if (all.count > 0)
        return;
    for (int call = 0; call < CALL_COUNT; call++)
        for (int operator= 0; operator<OP_COUNT; operator++)
            if (calls[call].operators >> operator& 1)
                add((enum call)call, (enum operator) operator, "", 0, 0);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        add(CALL_setsockopt, OP_IGNORE_ONE, options[i].name, options[i].level, options[i].option);
}

const char *const *liar_names(void)
{
    generate();
    return all.name;
}

static const struct lie *find(const char *name)
{
    const struct lie *found = NULL;
    generate();
    for (size_t i = 0; i < all.count && found == NULL; i++)
        if (strcmp(all.name[i], name) == 0)
            found = &all.lie[i];
    return found;
}

const char *liar_says(const char *lie)
{
    const struct lie *found = find(lie);
    return found != NULL ? operators[found->operator].says : NULL;
}

const struct stack *liar_stack(const char *lie)
{
    static struct stack liar;
    const struct lie *found = find(lie);
    if (found == NULL)
        return NULL;
    liar_told = *found;
    liar = *liar_truth;
    liar_fill_sockets(&liar);
    liar_fill_sending(&liar);
    liar_fill_receiving(&liar);
    liar_fill_options(&liar);
    liar_fill_readiness(&liar);
    liar_fill_many(&liar);
    return &liar;
}
