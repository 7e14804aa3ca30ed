#include "packet/kind.h"

#include "packet/chunk.h"

#include <string.h>

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

const char *const kind_names[] = {"syn", "synack", "ack", "fin", "rst", "data", NULL};
/* The flags that a TCP segment of the kind has, in the same order. */
static const uint8_t flags[] = {SYN, SYN | ACK, ACK, FIN, RST};
enum { FLAGGED = sizeof flags };

static bool is_data(const struct packet *packet)
{
    bool empty_datagram = packet->protocol == IPPROTO_UDP && packet->payload > packet->transport;
    if (packet->protocol == IPPROTO_SCTP && packet->payload > packet->transport)
        return chunk_has(packet, CHUNK_DATA) || chunk_has(packet, CHUNK_I_DATA);
    return packet->family != 0 && !packet_icmp_error(packet) &&
           (packet->payload_size > 0 || empty_datagram);
}

uint8_t kind_flags(const char *kind)
{
    uint8_t found = 0;
    for (size_t i = 0; i < FLAGGED && found == 0; i++)
        found = strcmp(kind, kind_names[i]) == 0 ? flags[i] : 0;
    return found;
}

bool packet_has_kind(const struct packet *packet, const char *kind)
{
    uint8_t wanted = kind_flags(kind);
    if (strcmp(kind, "data") == 0)
        return is_data(packet);
    bool aborts = strcmp(kind, "rst") == 0 && chunk_has(packet, CHUNK_ABORT);
    return aborts || (wanted != 0 && (packet->tcp_flags & wanted) == wanted);
}

bool kind_fits(const char *kind, const char *transport)
{
    bool aborts = strcmp(kind, "rst") == 0 && strcmp(transport, "sctp") == 0;
    return strcmp(kind, "data") == 0 || strcmp(transport, "tcp") == 0 || aborts;
}
