/* SPDX-License-Identifier: MIT */
#include "trial/endpoint.h"

#include "base/hash.h"
#include "base/mapped.h"
#include "base/quantity.h"
#include "case/constant.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

unsigned endpoint_port(const struct sockaddr_storage *address)
{
    unsigned port = 0;
    if (address->ss_family == AF_INET)
        port = ntohs(((const struct sockaddr_in *)address)->sin_port);
    else if (address->ss_family == AF_INET6)
        port = ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    return port;
}

struct in6_addr endpoint_address(const struct sockaddr_storage *address)
{
    struct in6_addr out = {0};
    if (address->ss_family == AF_INET) {
        out.s6_addr[10] = out.s6_addr[11] = 0xff;
        memcpy(&out.s6_addr[12], &((const struct sockaddr_in *)address)->sin_addr, 4);
    } else if (address->ss_family == AF_INET6) {
        out = ((const struct sockaddr_in6 *)address)->sin6_addr;
    } else if (address->ss_family == AF_UNIX) { /* no address: a name of ours, endpoint_of_pair */
        memcpy(&out, ((const struct sockaddr_un *)address)->sun_path, sizeof out);
    }
    return out;
}

struct sockaddr_storage endpoint_of_pair(unsigned socket)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct sockaddr_storage out = {0};
    memcpy(name.sun_path, &socket, sizeof socket);
    memcpy(&out, &name, sizeof name);
    return out;
}

static socklen_t fill(int family, const struct in6_addr *host, unsigned port,
                      struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)out;
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)port);
        memcpy(&in->sin_addr, &host->s6_addr[12], 4);
        return sizeof *in;
    }
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons((uint16_t)port);
    in6->sin6_addr = *host;
    return sizeof *in6;
}

static bool is_actor(const char *name)
{
    return strncmp(name, "client", 6) == 0 || strncmp(name, "server", 6) == 0;
}

static enum side side_of(const char *name)
{
    return strncmp(name, "server", 6) == 0 ? SIDE_SERVER : SIDE_CLIENT;
}

/* The server has the first port of the case's block or the one that the case names, client the
 * second, clientN the N+1st. */
static unsigned port_of(const struct trial *trial, const char *actor)
{
    unsigned port = side_of(actor) == SIDE_SERVER ? trial->ports.server : trial->ports.first + 1;
    unsigned number = (unsigned)strtoul(actor + 6, NULL, 10);
    bool ports = trial->variant->file->transport == TRANSPORT_TCP ||
                 trial->variant->file->transport == TRANSPORT_UDP ||
                 trial->variant->file->transport == TRANSPORT_SCTP;
    /* A client that has connected or bound its socket is where that socket is. */
    for (size_t i = 0; i < trial->names.descriptor_count && side_of(actor) == SIDE_CLIENT; i++) {
        const struct descriptor *one = &trial->names.descriptors[i];
        if (strcmp(one->owner->name, actor) == 0 && strcmp(one->name, "sock") == 0 &&
            endpoint_port(&one->local) != 0)
            return endpoint_port(&one->local);
    }
    if (side_of(actor) == SIDE_SERVER && number > 1)
        port = trial->ports.first + PORTS_PER_CASE - number;
    else if (number > 1)
        port = trial->ports.first + number;
    return ports ? port : 0;
}

/* The family of a host's address as an endpoint carries it: a mapped one is IPv4's. */
static int host_family(int family, bool mapped)
{
    return family == AF_INET || mapped ? AF_INET : AF_INET6;
}

/* blackhole is routed to the other host, which does not forward: silence. */
static struct in6_addr host_address(const struct trial *trial, const char *name, int family)
{
    struct in6_addr host = {0};
    const char *second = strstr(name, "-second");
    if (is_actor(name) && second != NULL)
        host = trial->stage->second[side_of(name)][family == AF_INET6];
    else if (is_actor(name))
        host = trial->stage->address[side_of(name)][family == AF_INET6];
    else
        naming_special(name, family, &host);
    return host;
}

bool endpoint_host(const struct trial *trial, const char *text, int family, struct in6_addr *out)
{
    uint8_t written[sizeof *out];
    bool is = inet_pton(family, text, written) == 1;
    if (is && family == AF_INET)
        *out = mapped_address(written);
    else if (is)
        memcpy(out, written, sizeof *out);
    else
        *out = host_address(trial, text, family);
    return is || is_actor(text) || naming_special(text, family, out);
}

static unsigned port_named(const struct node *node)
{
    struct quantity quantity = {0, UNIT_NONE};
    return quantity_parse(node->text, &quantity) ? (unsigned)quantity.value : 0;
}

/* The device of that host, and its link-layer address (packet(7)); it has the same index on both.
 */
static socklen_t fill_link(const struct trial *trial, const char *host, const struct node *protocol,
                           struct sockaddr_storage *out)
{
    struct sockaddr_ll *link = (struct sockaddr_ll *)out;
    const struct constant *named =
        protocol != NULL ? constant_find(GROUP_PROTOCOL, protocol->text) : NULL;
    memset(out, 0, sizeof *out);
    link->sll_family = AF_PACKET;
    link->sll_ifindex = HOST_INDEX;
    link->sll_protocol = named != NULL ? htons((uint16_t)named->value) : 0;
    link->sll_halen = sizeof trial->stage->hosts.mac[0];
    memcpy(link->sll_addr, trial->stage->hosts.mac[side_of(host)], link->sll_halen);
    return sizeof *link;
}

static socklen_t fill_host(struct trial *trial, const struct node *node, const char *host,
                           struct sockaddr_storage *out)
{
    const struct node *port = node_get(node, "port");
    const struct node *named = node_get(node, "family");
    const struct constant *constant =
        named != NULL ? constant_find(GROUP_FAMILY, named->text) : NULL;
    int family = constant != NULL ? (int)constant->value : trial->variant->family;
    if (family == AF_PACKET)
        return fill_link(trial, host, node_get(node, "protocol"), out);
    bool mapped = node_get(node, "form") != NULL;
    int kind = family == AF_UNSPEC ? trial->variant->family : family;
    struct in6_addr address = host_address(trial, host, host_family(kind, mapped));
    socklen_t size = fill(
        mapped ? AF_INET6 : kind, &address,
        port != NULL ? port_named(port) : port_of(trial, is_actor(host) ? host : "server"), out);
    if (constant != NULL && !mapped)
        out->ss_family = (sa_family_t)family; /* any family, whatever stands behind it */
    return size;
}

socklen_t endpoint_resolve(struct trial *trial, const struct node *node,
                           struct sockaddr_storage *out)
{
    const struct node *host = node->kind == NODE_SCALAR ? node : node_get(node, "host");
    const struct node *length = node_get(node, "size");
    socklen_t size = host == NULL ? 0 : fill_host(trial, node, host->text, out);
    if (length != NULL && port_named(length) <= sizeof *out)
        size = port_named(length);
    return size;
}

static bool holds_port(const struct trial *trial, const char *actor, unsigned port)
{
    bool found = port == 0;
    for (size_t i = 0; i < trial->names.descriptor_count && !found; i++)
        found = strcmp(trial->names.descriptors[i].owner->name, actor) == 0 &&
                endpoint_port(&trial->names.descriptors[i].local) == port;
    return found;
}

/* The wire is where the actor would be whose host it is. */
static bool is_absents(const struct trial *trial, const struct in6_addr *host, unsigned port)
{
    enum side absent = trial->variant->absent;
    if (absent == SIDE_COUNT)
        return false;
    const struct in6_addr *own = &trial->stage->address[absent][!IN6_IS_ADDR_V4MAPPED(host)];
    return memcmp(own, host, sizeof *own) == 0 &&
           (port == 0 || port == port_of(trial, side_name(absent)));
}

static json_t *owners(const struct trial *trial, const struct in6_addr *host, unsigned port)
{
    const struct cast *cast = &trial->stage->cast;
    int six = !IN6_IS_ADDR_V4MAPPED(host);
    json_t *names = json_array();
    for (int i = 0; i < cast->count; i++) {
        const struct in6_addr *own = &trial->stage->address[cast->member[i].side][six];
        const struct in6_addr *second = &trial->stage->second[cast->member[i].side][six];
        bool here = memcmp(own, host, sizeof *own) == 0 ||
                    (trial->second && memcmp(second, host, sizeof *second) == 0);
        if (here && holds_port(trial, cast->member[i].name, port))
            json_array_append_new(names, json_string(cast->member[i].name));
    }
    if (is_absents(trial, host, port))
        json_array_append_new(names, json_string(side_name(trial->variant->absent)));
    return names;
}

/* "client", "server", or on loopback, where both may be one address, a list. */
static json_t *hosts_of(const struct trial *trial, const struct in6_addr *host)
{
    static const char *const words[] = {"any", "loopback", "blackhole"};
    int six = !IN6_IS_ADDR_V4MAPPED(host);
    json_t *names = json_array();
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        if (memcmp(host, &trial->stage->address[side][six], sizeof *host) == 0)
            json_array_append_new(names, json_string(side_name(side)));
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        if (trial->second && memcmp(host, &trial->stage->second[side][six], sizeof *host) == 0)
            json_array_append_new(names, json_sprintf("%s-second", side_name(side)));
    for (size_t i = 0; json_array_size(names) == 0 && i < sizeof words / sizeof *words; i++) {
        struct in6_addr known = host_address(trial, words[i], six ? AF_INET6 : AF_INET);
        if (memcmp(host, &known, sizeof known) == 0)
            json_array_append_new(names, json_string(words[i]));
    }
    json_t *out = json_array_size(names) == 2   ? json_incref(names)
                  : json_array_size(names) == 1 ? json_incref(json_array_get(names, 0))
                                                : json_string("other");
    json_decref(names);
    return out;
}

static json_t *describe_link(const struct trial *trial, const struct sockaddr_storage *address)
{
    const struct sockaddr_ll *link = (const struct sockaddr_ll *)address;
    const struct hosts *hosts = &trial->stage->hosts;
    const char *host = "other";
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        if (link->sll_halen == 6 && memcmp(link->sll_addr, hosts->mac[side], 6) == 0)
            host = side_name(side);
    const char *kind = constant_name(GROUP_PACKET_TYPE, link->sll_pkttype);
    const char *protocol = constant_name(GROUP_PROTOCOL, ntohs(link->sll_protocol));
    return json_pack("{s:s, s:s, s:i, s:s, s:s, s:[]}", "host", host, "family", "AF_PACKET",
                     "ifindex", link->sll_ifindex, "pkttype", kind != NULL ? kind : "unknown",
                     "protocol", protocol != NULL ? protocol : "unknown", "is");
}

json_t *endpoint_describe(const struct trial *trial, const struct sockaddr_storage *address,
                          socklen_t size)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (size >= sizeof(struct sockaddr_ll) - 2 && address->ss_family == AF_PACKET)
        return describe_link(trial, address);
    if (size < sizeof(sa_family_t) ||
        (address->ss_family != AF_INET && address->ss_family != AF_INET6))
        return NULL;
    struct in6_addr host = endpoint_address(address);
    if (address->ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof text);
    else
        inet_ntop(AF_INET6, &host, text, sizeof text);
    bool mapped = address->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&host);
    return json_pack(
        "{s:o, s:s, s:i, s:s, s:s, s:o}", "host", hosts_of(trial, &host), "address", text, "port",
        (int)endpoint_port(address), "family", constant_name(GROUP_FAMILY, address->ss_family),
        "form", mapped ? "mapped" : "plain", "is", owners(trial, &host, endpoint_port(address)));
}

json_t *endpoint_told(const struct trial *trial, const struct sockaddr_storage *address,
                      socklen_t size)
{
    socklen_t whole = size;
    if (address->ss_family == AF_INET)
        whole = sizeof(struct sockaddr_in);
    else if (address->ss_family == AF_INET6)
        whole = sizeof(struct sockaddr_in6);
    return size == whole || size == 0 ? endpoint_describe(trial, address, size)
                                      : json_pack("{s:s, s:s, s:i, s:[]}", "host", "none", "family",
                                                  constant_name(GROUP_FAMILY, address->ss_family),
                                                  "length", (int)size, "is");
}

uint64_t endpoint_stream(const struct sockaddr_storage *from, const struct sockaddr_storage *to)
{
    struct {
        struct in6_addr from, to;
        unsigned from_port, to_port;
    } key = {endpoint_address(from), endpoint_address(to), endpoint_port(from), endpoint_port(to)};
    if (from->ss_family == 0 || to->ss_family == 0)
        return 0;
    return hash_bytes(0, &key, sizeof key) | 1;
}
