/* SPDX-License-Identifier: MIT */
#include "case/pktlack.h"

#include "case/pktcode.h"
#include "case/pkticmp.h"
#include "case/pktinfo.h"

/* What crosses the wire at once: of TCP as one piece of offloads, of UDP an MTU less the headers.
 */
enum { SEGMENT_MAX = 65000, DATAGRAM_MAX = 1500 - 40 - 8 };

static void note_name(void *context, const char *name, struct mark mark)
{
    struct pkt_script *script = context;
    if (!pktinfo_knows(name))
        pkt_lacks(script, mark, 1, "%s in a code", name);
}

static void note_icmp(struct pkt_script *script, const struct pkt_packet *packet)
{
    const struct pkt_text *type = &packet->icmp_type;
    const char *name = packet->icmp_code.text;
    if (packet->direction == PKT_OUTBOUND)
        pkt_lacks(script, packet->mark, packet->width, "ICMP of the host under test");
    else if (!pkticmp_knows(type->text, name))
        pkt_lacks(script, type->mark, type->width, "ICMP message %s%s%s", type->text,
                  name != NULL ? " " : "", name != NULL ? name : "");
    else if (!packet->quotes_udp && !packet->quotes_range)
        pkt_lacks(script, type->mark, type->width, "an ICMP message that quotes nothing");
}

static void note_packet(struct pkt_script *script, const struct pkt_packet *packet)
{
    bool large = packet->range.length > SEGMENT_MAX || packet->payload > DATAGRAM_MAX;
    if (packet->protocol == PKT_ICMP)
        note_icmp(script, packet);
    else if (packet->direction == PKT_INBOUND && large)
        pkt_lacks(script, packet->mark, packet->width, "an inbound packet that is too large");
}

void pktlack_note(struct pkt_script *script)
{
    for (const struct pkt_event *one = script->events; one != NULL; one = one->next) {
        if (one->kind == PKT_EVENT_PACKET)
            note_packet(script, &one->packet);
        else if (one->kind == PKT_EVENT_CODE && one->code != NULL)
            pktcode_each_name(one->code, note_name, script);
    }
}
