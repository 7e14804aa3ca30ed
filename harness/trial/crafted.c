/* SPDX-License-Identifier: MIT */
#include "trial/crafted.h"

#include "case/made.h"
#include "packet/layers.h"
#include "trial/endpoint.h"

#include <string.h>

struct in6_addr crafted_address(struct trial *trial, const struct node *node, enum side side)
{
    struct sockaddr_storage address;
    struct in6_addr host = trial->stage->address[side][trial->variant->family == AF_INET6];
    if (node != NULL && endpoint_resolve(trial, node, &address) > 0)
        host = endpoint_address(&address);
    return host;
}

bool crafted_is_header(const struct node *layer)
{
    return strcmp(layer->key, "payload") != 0 && layers_find(layer->key) != NULL;
}

void crafted_quoted(struct trial *trial, const struct node *node, enum side side,
                    struct draft *draft)
{
    const struct node *ip = node_get(node_get(node_get(node, "icmp"), "quotes"), "ip");
    const struct node *from = node_get(ip, "src"), *receiver = node_get(ip, "dst");
    draft->quoted_source = from != NULL ? crafted_address(trial, from, side) : draft->destination;
    draft->quoted_destination =
        receiver != NULL ? crafted_address(trial, receiver, side) : draft->source;
}

size_t crafted_packet(struct trial *trial, const struct node *node, enum side side,
                      const void *payload, size_t payload_size, uint8_t out[PACKET_MAX])
{
    const struct node *ip = node_get(node, "ip");
    const struct node *dst = node_get(ip, "dst");
    struct draft draft;
    draft_begin(&draft, trial->variant->family);
    draft.ip = ip != NULL;
    draft.source = crafted_address(trial, node_get(ip, "src"), side);
    draft.destination = crafted_address(trial, dst != NULL ? dst : node_get(node, "to"),
                                        side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT);
    crafted_quoted(trial, node, side, &draft);
    draft.payload = payload;
    draft.payload_size = payload_size;
    for (const struct node *layer = node->first; layer != NULL; layer = layer->next)
        for (const struct node *one = crafted_is_header(layer) ? layer->first : NULL; one != NULL;
             one = one->next)
            if (!made_put(&draft, layer->key, one))
                trial_broken(trial, CODE_PACKET_IMPOSSIBLE, "a packet's %s cannot have this '%s'",
                             layer->key, one->key);
    ssize_t size = draft_build(&draft, out, PACKET_MAX);
    if (size < 0)
        trial_broken(trial, CODE_PACKET_IMPOSSIBLE, "a packet has at most %d bytes", PACKET_MAX);
    return size < 0 ? 0 : (size_t)size;
}
