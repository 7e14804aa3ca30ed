/* SPDX-License-Identifier: MIT */
#include "liar/packet_lie.h"

#include "liar/layers.h"

#include <string.h>

enum { LIE_MAX = 256 };

static const struct packet_lie *const layers[] = {
    packet_lies_ip,   packet_lies_tcp,  packet_lies_option, packet_lies_reset, packet_lies_udp,
    packet_lies_sctp, packet_lies_icmp, packet_lies_raw,    packet_lies_heard};
enum { LAYERS = sizeof layers / sizeof *layers };

const char *const *packet_lie_names(void)
{
    static const char *names[LIE_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < LAYERS; i++)
        for (const struct packet_lie *lie = layers[i]; lie->name != NULL && count < LIE_MAX; lie++)
            names[count++] = lie->name;
    return names;
}

const struct packet_lie *packet_lie_find(const char *name)
{
    const struct packet_lie *found = NULL;
    for (size_t i = 0; i < LAYERS && found == NULL; i++)
        for (const struct packet_lie *lie = layers[i]; lie->name != NULL && found == NULL; lie++)
            found = strcmp(lie->name, name) == 0 ? lie : NULL;
    return found;
}

const char *packet_lie_says(const struct packet_lie *lie)
{
    return lie->says;
}

bool packet_lie_is_heard(const struct packet_lie *lie)
{
    return strncmp(lie->name, "packet/heard-", strlen("packet/heard-")) == 0;
}

int packet_lie_tell(const struct packet_lie *lie, struct packet *packet, uint8_t *frame,
                    size_t *size)
{
    struct telling telling = {frame, size, packet};
    int times = lie->about(packet) ? lie->tell(&telling) : 1;
    packet_parse(packet, frame, *size);
    return times;
}
