/* SPDX-License-Identifier: MIT */
#include "case/structure.h"

#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#define NUMBER(structure, name)                                                                    \
    {                                                                                              \
#name, offsetof(struct structure, name), STRUCTURE_NUMBER                                  \
    }
#define ADDRESS(structure, name, version)                                                          \
    {                                                                                              \
#name, offsetof(struct structure, name), STRUCTURE_ADDRESS##version                        \
    }

const struct structure *structure_of(enum option_type type)
{
    static const struct structure mreq = {
        sizeof(struct ip_mreq),
        {ADDRESS(ip_mreq, imr_multiaddr, 4), ADDRESS(ip_mreq, imr_interface, 4)}};
    static const struct structure source = {sizeof(struct ip_mreq_source),
                                            {ADDRESS(ip_mreq_source, imr_multiaddr, 4),
                                             ADDRESS(ip_mreq_source, imr_interface, 4),
                                             ADDRESS(ip_mreq_source, imr_sourceaddr, 4)}};
    static const struct structure mreq6 = {
        sizeof(struct ipv6_mreq),
        {ADDRESS(ipv6_mreq, ipv6mr_multiaddr, 6), NUMBER(ipv6_mreq, ipv6mr_interface)}};
    static const struct structure pktinfo6 = {
        sizeof(struct in6_pktinfo),
        {ADDRESS(in6_pktinfo, ipi6_addr, 6), NUMBER(in6_pktinfo, ipi6_ifindex)}};
    static const struct structure mtuinfo6 = {sizeof(struct ip6_mtuinfo),
                                              {NUMBER(ip6_mtuinfo, ip6m_mtu)}};
    static const struct structure txtime = {
        sizeof(struct sock_txtime), {NUMBER(sock_txtime, clockid), NUMBER(sock_txtime, flags)}};
    static const struct structure *const all[OPTION_TYPES] = {
        [OPTION_MREQ] = &mreq,         [OPTION_MREQ_SOURCE] = &source, [OPTION_MREQ6] = &mreq6,
        [OPTION_PKTINFO6] = &pktinfo6, [OPTION_MTUINFO6] = &mtuinfo6,  [OPTION_TXTIME] = &txtime};
    return all[type];
}

const struct structure_member *structure_member(const struct structure *structure, const char *name)
{
    const struct structure_member *one = structure->members;
    while (one->name != NULL && strcmp(one->name, name) != 0)
        one++;
    return one->name != NULL ? one : NULL;
}

size_t structure_size(enum option_type type)
{
    static const size_t sizes[OPTION_TYPES] = {[OPTION_INT] = sizeof(int),
                                               [OPTION_ERRNO] = sizeof(int),
                                               [OPTION_TYPE] = sizeof(int),
                                               [OPTION_FAMILY] = sizeof(int),
                                               [OPTION_PROTO] = sizeof(int),
                                               [OPTION_TIME] = sizeof(struct timeval),
                                               [OPTION_LINGER] = sizeof(struct linger),
                                               [OPTION_WIDE] = sizeof(int64_t),
                                               [OPTION_NETWORK] = sizeof(int),
                                               [OPTION_ADDRESS] = sizeof(struct in_addr)};
    const struct structure *structure = structure_of(type);
    return structure != NULL ? structure->size : sizes[type];
}
