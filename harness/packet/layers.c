/* SPDX-License-Identifier: MIT */
#include "packet/layers.h"

#include "packet/icmp.h"
#include "packet/ip.h"
#include "packet/payload.h"
#include "packet/sctp.h"
#include "packet/tcp.h"
#include "packet/udp.h"

#include <string.h>

const struct layer *const packet_layers[] = {&ip_layer,   &tcp_layer,     &udp_layer, &icmp_layer,
                                             &sctp_layer, &payload_layer, NULL};

const struct layer *layers_find(const char *name)
{
    const struct layer *found = NULL;
    for (size_t i = 0; packet_layers[i] != NULL && found == NULL; i++)
        if (strcmp(packet_layers[i]->name, name) == 0)
            found = packet_layers[i];
    return found;
}

bool layers_header(const struct layer *layer, const struct packet *packet, struct header *header)
{
    bool has = packet->family != 0;
    if (layer == &payload_layer) {
        *header = header_between(packet, packet->payload, packet->payload + packet->payload_size);
    } else if (layer == &ip_layer) {
        has = has && !packet->headless;
        *header = header_between(packet, packet->ip, packet->transport);
        header->names_transport = packet->names_transport - packet->ip;
    } else {
        has = has && packet->payload > packet->transport &&
              packet->protocol == layer->protocol[packet->family == AF_INET6];
        *header = header_between(packet, packet->transport, packet->payload);
    }
    return has;
}
