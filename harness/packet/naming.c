/* SPDX-License-Identifier: MIT */
#include "packet/naming.h"

#include "base/mapped.h"

#include <arpa/inet.h>
#include <string.h>

const char *const naming_names[] = {"client", "server",   "client-second", "server-second",
                                    "any",    "loopback", "blackhole",     NULL};

static const struct {
    const char *name, *four, *six;
} specials[] = {{"any", "0.0.0.0", "::"},
                {"loopback", "127.0.0.1", "::1"},
                {"blackhole", "192.0.2.1", "2001:db8::1"}};
enum { SPECIALS = sizeof specials / sizeof *specials };

static struct in6_addr special_address(size_t number, int family)
{
    struct in6_addr address;
    struct in_addr four;
    if (family == AF_INET && inet_pton(AF_INET, specials[number].four, &four) == 1)
        address = mapped_address(&four);
    else
        inet_pton(AF_INET6, specials[number].six, &address);
    return address;
}

bool naming_special(const char *name, int family, struct in6_addr *address)
{
    bool found = false;
    for (size_t i = 0; i < SPECIALS && !found; i++) {
        found = strcmp(specials[i].name, name) == 0;
        if (found)
            *address = special_address(i, family);
    }
    return found;
}

static bool is_side(const struct in6_addr names[2], int family, const struct in6_addr *address)
{
    return memcmp(&names[family == AF_INET6], address, sizeof *address) == 0;
}

static const char *host_name(const struct naming *naming, int family,
                             const struct in6_addr *address)
{
    const char *name = NULL;
    bool second = !IN6_IS_ADDR_UNSPECIFIED(address); /* hosts that have none: zero */
    if (is_side(naming->client, family, address))
        name = side_name(SIDE_CLIENT);
    else if (is_side(naming->server, family, address))
        name = side_name(SIDE_SERVER);
    else if (second && is_side(naming->second[SIDE_CLIENT], family, address))
        name = "client-second";
    else if (second && is_side(naming->second[SIDE_SERVER], family, address))
        name = "server-second";
    return name;
}

static const char *special_name(int family, const struct in6_addr *address)
{
    const char *name = NULL;
    for (size_t i = 0; i < SPECIALS && name == NULL; i++) {
        struct in6_addr special = special_address(i, family);
        if (memcmp(&special, address, sizeof special) == 0)
            name = specials[i].name;
    }
    return name;
}

const char *naming_name(const struct naming *naming, int family, const struct in6_addr *address,
                        char out[INET6_ADDRSTRLEN])
{
    const char *name = naming != NULL ? host_name(naming, family, address) : NULL;
    if (name == NULL)
        name = special_name(family, address);
    if (name != NULL)
        return name;
    const void *bytes = family == AF_INET ? address->s6_addr + 12 : address->s6_addr;
    return inet_ntop(family, bytes, out, INET6_ADDRSTRLEN);
}
