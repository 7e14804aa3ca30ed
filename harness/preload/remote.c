/* SPDX-License-Identifier: MIT */
#include "preload/remote.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* The port in the lowest 16 bits, the IPv4 address in the next 32, the family in the rest. */
enum { ADDRESS_SHIFT = 16, FAMILY_SHIFT = 48 };

static int64_t pack(int family, uint32_t address, in_port_t port)
{
    return (int64_t)((uint64_t)family << FAMILY_SHIFT | (uint64_t)ntohl(address) << ADDRESS_SHIFT |
                     ntohs(port));
}

static int64_t pack_six(const struct sockaddr_in6 *six)
{
    uint32_t mapped = 0;
    memcpy(&mapped, &six->sin6_addr.s6_addr[12], sizeof mapped);
    bool kept = IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) || IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
    return pack(IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) ? AF_INET : AF_INET6, kept ? mapped : 0,
                six->sin6_port);
}

int64_t remote_pack(const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    int64_t packed = 0;
    if (address != NULL && length >= sizeof four && address->sa_family == AF_INET) {
        memcpy(&four, address, sizeof four);
        packed = pack(AF_INET, four.sin_addr.s_addr, four.sin_port);
    } else if (address != NULL && length >= sizeof six && address->sa_family == AF_INET6) {
        memcpy(&six, address, sizeof six);
        packed = pack_six(&six);
    }
    return packed;
}

bool remote_text(int64_t packed, char *out, size_t size)
{
    uint64_t bits = (uint64_t)packed;
    int family = (int)(bits >> FAMILY_SHIFT);
    struct in_addr four = {.s_addr = htonl((uint32_t)(bits >> ADDRESS_SHIFT))};
    char text[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, &four, text, sizeof text);
    if (family == AF_INET)
        snprintf(out, size, "%s:%u", text, (unsigned)(bits & 0xffff));
    else
        snprintf(out, size, "[%s]:%u", four.s_addr != 0 ? "::1" : "ipv6",
                 (unsigned)(bits & 0xffff));
    return packed != 0;
}
