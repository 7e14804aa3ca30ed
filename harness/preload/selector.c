/* SPDX-License-Identifier: MIT */
#include "preload/selector.h"

#include "base/mapped.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static bool read_port(const char *text, uint16_t *port)
{
    size_t digits = strspn(text, "0123456789");
    long value = digits > 0 && digits < 6 ? strtol(text, NULL, 10) : 0;
    bool good = text[digits] == '\0' && value > 0 && value <= UINT16_MAX;
    if (good)
        *port = (uint16_t)value;
    return good;
}

static bool read_address(const char *text, size_t length, struct in6_addr *address)
{
    char copy[INET6_ADDRSTRLEN];
    struct in_addr four;
    bool good = length > 0 && length < sizeof copy;
    if (good) {
        memcpy(copy, text, length);
        copy[length] = '\0';
        good = inet_pton(AF_INET6, copy, address) == 1;
    }
    if (!good && length > 0 && length < sizeof copy && inet_pton(AF_INET, copy, &four) == 1) {
        *address = mapped_address(&four);
        good = true;
    }
    return good;
}

bool selector_peer(struct selector *selector, const char *text)
{
    struct selector read = *selector;
    const char *first = strchr(text, ':'), *last = strrchr(text, ':');
    const char *closed = *text == '[' ? strchr(text, ']') : NULL;
    bool good = true;
    read.port = 0;
    read.any_address = *text == ':' && first == last;
    if (read.any_address)
        good = read_port(text + 1, &read.port);
    else if (closed != NULL)
        good = read_address(text + 1, (size_t)(closed - text - 1), &read.address) &&
               (closed[1] == '\0' || (closed[1] == ':' && read_port(closed + 2, &read.port)));
    else if (first != NULL && first == last)
        good = read_address(text, (size_t)(first - text), &read.address) &&
               read_port(first + 1, &read.port);
    else
        good = read_address(text, strlen(text), &read.address);
    read.by_peer = true;
    if (good)
        *selector = read;
    return good;
}

bool selector_is_lineage(const char *text)
{
    size_t length = strlen(text);
    bool good = length > 0 && length < LINEAGE && strspn(text, "0123456789abcdefx./") == length;
    return good && (text[0] == '0' || text[0] == 'x') && strchr("./", text[length - 1]) == NULL;
}

bool selector_is_peer(const struct selector *selector, const struct sockaddr *address,
                      socklen_t size)
{
    struct in6_addr found;
    uint16_t port = 0;
    if (address == NULL)
        return false;
    if (address->sa_family == AF_INET && size >= (socklen_t)sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *four = (const void *)address;
        found = mapped_address(&four->sin_addr);
        port = ntohs(four->sin_port);
    } else if (address->sa_family == AF_INET6 && size >= (socklen_t)sizeof(struct sockaddr_in6)) {
        const struct sockaddr_in6 *six = (const void *)address;
        found = six->sin6_addr;
        port = ntohs(six->sin6_port);
    } else {
        return false;
    }
    return (selector->any_address || memcmp(&found, &selector->address, sizeof found) == 0) &&
           (selector->port == 0 || selector->port == port);
}
