#include "trial/crafted.h"

#include "case/number.h"
#include "packet/draft.h"
#include "trial/endpoint.h"

#include <string.h>

static struct in6_addr side_address(struct trial *trial, const struct node *node, enum side side)
{
    struct sockaddr_storage address;
    struct in6_addr host = trial->stage->address[side][trial->variant->family == AF_INET6];
    if (node != NULL && endpoint_resolve(trial, node, &address) > 0)
        host = endpoint_address(&address);
    return host;
}

static void draft_layer(struct trial *trial, struct draft *draft, const struct node *layer)
{
    for (const struct node *one = layer->first; one != NULL; one = one->next) {
        bool is_address = strcmp(one->key, "src") == 0 || strcmp(one->key, "dst") == 0;
        if (is_address)
            continue;
        if (node_is(one, "valid") || node_is(one, "bad"))
            draft_checksum(draft, layer->key, node_is(one, "bad") ? CHECKSUM_BAD : CHECKSUM_COMPUTE,
                           0);
        else if (strcmp(one->key, "checksum") == 0)
            draft_checksum(draft, layer->key, CHECKSUM_LITERAL, number_of(one, 0));
        else if (!draft_set(draft, layer->key, one->key, number_flags(one, GROUP_TCP_FLAG)))
            trial_broken(trial, CODE_PACKET_IMPOSSIBLE, "a packet's %s has no field '%s'",
                         layer->key, one->key);
    }
}

size_t crafted_packet(struct trial *trial, const struct node *node, enum side side,
                      const void *payload, size_t payload_size, uint8_t out[CRAFTED_MAX])
{
    const struct node *ip = node_get(node, "ip");
    const struct node *to = node_get(node, "to");
    struct draft draft;
    draft_begin(&draft, trial->variant->family);
    draft.source = side_address(trial, node_get(ip, "src"), side);
    draft.destination = side_address(trial, to != NULL ? to : node_get(ip, "dst"),
                                     side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT);
    draft.payload = payload;
    draft.payload_size = payload_size;
    for (const struct node *one = node->first; one != NULL; one = one->next)
        if (one->kind == NODE_MAP && one != node_get(node, "payload") && one != to)
            draft_layer(trial, &draft, one);
    ssize_t size = draft_build(&draft, out, CRAFTED_MAX);
    if (size < 0)
        trial_broken(trial, CODE_PACKET_IMPOSSIBLE, "the packet does not fit %d bytes",
                     CRAFTED_MAX);
    return size < 0 ? 0 : (size_t)size;
}
