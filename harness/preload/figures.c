/* SPDX-License-Identifier: MIT */
#include "preload/figures.h"

#include <arpa/inet.h>
#include <string.h>

bool figures(const char *name)
{
    char copy[INET6_ADDRSTRLEN];
    struct in_addr four;
    struct in6_addr six;
    size_t length = name != NULL ? strcspn(name, "%") : 0; /* a scope stands behind */
    if (name == NULL || inet_aton(name, &four) != 0)
        return true;
    if (length >= sizeof copy)
        return false;
    memcpy(copy, name, length);
    copy[length] = '\0';
    return inet_pton(AF_INET6, copy, &six) == 1;
}

bool figures_of_host(const char *name, const struct addrinfo *hints)
{
    return (hints != NULL && (hints->ai_flags & AI_NUMERICHOST) != 0) || figures(name);
}
