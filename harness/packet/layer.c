#include "packet/layer.h"

#include <string.h>

const struct layer *const packet_layers[] = {&ip_layer,   &tcp_layer,     &udp_layer, &icmp_layer,
                                             &sctp_layer, &payload_layer, NULL};

const struct layer *layer_find(const char *name)
{
    const struct layer *found = NULL;
    for (size_t i = 0; packet_layers[i] != NULL && found == NULL; i++)
        if (strcmp(packet_layers[i]->name, name) == 0)
            found = packet_layers[i];
    return found;
}

const struct field *layer_field(const struct layer *layer, const char *name)
{
    const struct field *field = layer->fields;
    while (field->name != NULL && strcmp(field->name, name) != 0)
        field++;
    return field->name != NULL ? field : NULL;
}

static struct header header_at(const struct packet *packet, size_t from, size_t to)
{
    return (struct header){.bytes = packet->frame + from,
                           .size = to - from,
                           .family = packet->family,
                           .packet = packet};
}

bool layer_of(const struct layer *layer, const struct packet *packet, struct header *header)
{
    bool has = packet->family != 0;
    if (layer == &payload_layer) {
        *header = header_at(packet, packet->payload, packet->payload + packet->payload_size);
    } else if (layer == &ip_layer) {
        has = has && !packet->headless;
        *header = header_at(packet, packet->ip, packet->transport);
        header->names_transport = packet->names_transport - packet->ip;
    } else {
        has = has && packet->payload > packet->transport &&
              packet->protocol == layer->protocol[packet->family == AF_INET6];
        *header = header_at(packet, packet->transport, packet->payload);
    }
    return has;
}

uint32_t layer_kind(const struct layer *layer, const struct header *header)
{
    return layer->kind != NULL ? layer->kind(header->family, header->bytes[0]) : 1;
}

struct header layer_chunk(const struct packet *packet, const struct chunk *chunk)
{
    const uint8_t *begin = chunk->body - CHUNK_HEADER;
    size_t from = (size_t)(begin - packet->frame);
    return header_at(packet, from, from + CHUNK_HEADER + chunk->body_size);
}
