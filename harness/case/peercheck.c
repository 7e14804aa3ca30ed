/* SPDX-License-Identifier: MIT */
#include "case/peercheck.h"

#include "case/number.h"
#include "case/packetcheck.h"
#include "case/packetshape.h"
#include "case/remark.h"
#include "packet/draft.h"
#include "packet/kind.h"
#include "packet/layers.h"
#include "packet/payload.h"

#include <ctype.h>
#include <string.h>

static enum side other(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

/* The side that a word names, or SIDE_COUNT. */
static enum side side_of(const struct node *node)
{
    enum side found = SIDE_COUNT;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        if (node_is(node, side_name(side)))
            found = side;
    return found;
}

/* The side of an actor; SIDE_COUNT: the wire. */
static enum side side_of_actor(const char *actor)
{
    enum side found = SIDE_COUNT;
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        if (strncmp(actor, side_name(side), strlen(side_name(side))) == 0)
            found = side;
    return found;
}

enum side peercheck_receiver(const struct variant *variant, const struct step *step)
{
    enum side to = side_of(step->modifier[MODIFIER_to]);
    enum side from = side_of(step->modifier[MODIFIER_from]);
    if (to == SIDE_COUNT && from != SIDE_COUNT)
        to = other(from);
    if (to == SIDE_COUNT && variant->absent != SIDE_COUNT)
        to = other(variant->absent);
    return to;
}

/* --- who is there -------------------------------------------------------------------------- */

/* The first step that an actor of that side makes, or NULL. */
static const struct step *step_by(const struct variant *variant, enum side side)
{
    const struct step *found = NULL;
    for (size_t i = 0; i < variant->step_count && found == NULL; i++)
        if (side_of_actor(variant->steps[i].actor) == side)
            found = &variant->steps[i];
    return found;
}

/* Where no actor makes a step: who is there to take what the wire sends, or to send what it sees.
 */
static enum side present_on_wire(const struct variant *variant)
{
    enum side found = variant->file->setup == SETUP_LISTENING ? SIDE_SERVER : SIDE_COUNT;
    for (size_t i = 0; i < variant->step_count && found == SIDE_COUNT; i++) {
        const struct step *step = &variant->steps[i];
        enum side from = side_of(step->modifier[MODIFIER_from]);
        if (step->verb->id == VERB_sends)
            found = peercheck_receiver(variant, step);
        else if (from != SIDE_COUNT)
            found = from;
    }
    return found;
}

static void find_absent(struct complaints *list, struct variant *variant)
{
    const struct node *peer = variant->file->peer;
    const struct step *client = step_by(variant, SIDE_CLIENT);
    const struct step *server = step_by(variant, SIDE_SERVER);
    enum side present = client != NULL ? SIDE_CLIENT : SIDE_SERVER;
    if (client == NULL && server == NULL)
        present = present_on_wire(variant);
    if (client != NULL && server != NULL) {
        const struct step *late = client->number > server->number ? client : server;
        complain(list, late->mark, (int)strlen(late->actor), CODE_WRONG_ACTOR,
                 "leave 'peer' out, or let the wire say what this side says",
                 "with 'peer' the wire is one of the two hosts, and step %d is made by the other",
                 client->number > server->number ? server->number : client->number);
    } else if (present == SIDE_COUNT) {
        complain(list, peer->mark, remark_width(peer), CODE_MISSING_KEY,
                 "say to: client or to: server where the wire sends",
                 "nothing says which of the two hosts the wire is: no step is made by the other");
    } else {
        variant->absent = other(present);
    }
}

/* What is said of the side that is absent, and nobody does. */
static void check_absent(struct complaints *list, const struct variant *variant)
{
    const struct casefile *file = variant->file;
    const char *name = side_name(variant->absent);
    for (size_t i = 0; i < variant->fault_count; i++) {
        const struct fault_node *fault = &variant->faults[i];
        if (fault->by != NULL && side_of_actor(fault->by->text) == variant->absent)
            complain(list, fault->by->mark, remark_width(fault->by), CODE_NEVER_FIRES, NULL,
                     "the wire is the %s: it makes no calls", name);
    }
    if (file->setup == SETUP_LISTENING && variant->absent == SIDE_SERVER)
        complain(list, file->peer->mark, remark_width(file->peer), CODE_BAD_VALUE,
                 "say setup: open, and let the wire answer with sends",
                 "the wire is the server: nobody listens");
    if (file->clients > 0)
        complain(list, file->peer->mark, remark_width(file->peer), CODE_BAD_VALUE,
                 "name them client, client2, …", "'peer' does not go with 'clients: %d'",
                 file->clients);
}

/* --- what the wire sends ------------------------------------------------------------------- */

static const struct node *transport_in(const struct node *packet)
{
    const struct node *found = NULL;
    for (const struct node *one = packet->kind == NODE_MAP ? packet->first : NULL; one != NULL;
         one = one->next) {
        const struct layer *layer = layers_find(one->key);
        if (layer != NULL && layer->protocol[0] != 0)
            found = one;
    }
    return found;
}

static void check_direction(struct complaints *list, const struct variant *variant,
                            const struct step *step)
{
    const struct node *to = step->modifier[MODIFIER_to];
    const struct node *from = step->modifier[MODIFIER_from];
    enum side receiver = peercheck_receiver(variant, step);
    const struct node *named = to != NULL ? to : from;
    if (receiver == SIDE_COUNT && variant->file->peer == NULL)
        complain(list, step->verb_mark, (int)strlen(step->verb->name), CODE_MISSING_KEY,
                 "say to: client or to: server", "nothing says to which host the wire sends this");
    else if (to != NULL && from != NULL && side_of(to) == side_of(from))
        complain(list, from->mark, remark_width(from), CODE_BAD_VALUE, NULL,
                 "the %s does not send to itself", side_name(receiver));
    else if (named != NULL && receiver == variant->absent)
        complain(list, named->mark, remark_width(named), CODE_BAD_VALUE, NULL,
                 "the wire is the %s: nothing is sent to it", side_name(variant->absent));
}

/* What is sent of a case's own transport, where the step names no other. */
static void check_content(struct complaints *list, const struct variant *variant,
                          const struct step *step)
{
    enum transport transport = variant->file->transport;
    const struct node *packet = step->param[0];
    const struct node *named = transport_in(packet);
    const struct node *kind = packet->kind == NODE_SCALAR ? packet : node_get(packet, "packet");
    const char *carried = named != NULL ? named->key : transport_name(transport);
    bool known = kind != NULL && node_reference(kind) == NULL;
    if (known && named == NULL && !kind_fits(kind->text, carried))
        complain(list, kind->mark, remark_width(kind), CODE_CANNOT_MAKE, NULL,
                 "a packet of %s is never '%s'", carried, kind->text);
    else if (known && strcmp(carried, "tcp") == 0 && node_is(kind, "data") &&
             node_get(packet, "payload") == NULL)
        complain(list, kind->mark, remark_width(kind), CODE_CANNOT_MAKE, "give it a payload",
                 "a segment without a payload is no data");
    else if (named == NULL && (transport == TRANSPORT_SCTP || transport == TRANSPORT_ICMP))
        complain(list, packet->mark, remark_width(packet), CODE_CANNOT_MAKE,
                 "give it an icmp, tcp or udp", "nothing says what packet of %s this is",
                 transport_name(transport));
}

static size_t hex_size(const struct node *node)
{
    size_t digits = 0;
    for (const char *at = node->text; *at != '\0'; at++)
        digits += isxdigit((unsigned char)*at) != 0;
    return digits / 2;
}

static size_t bytes_of(const struct node *payload)
{
    const struct node *text = payload->kind == NODE_SCALAR ? payload : node_get(payload, "text");
    const struct node *hex = node_get(payload, "hex");
    const struct node *pattern = node_get(payload, "pattern");
    int64_t made = number_of(pattern != NULL ? pattern : node_get(payload, "zeros"), 0);
    return text != NULL ? text->length : hex != NULL ? hex_size(hex) : (size_t)made;
}

/* What is no frame does not cross the wire. */
static void check_size(struct complaints *list, const struct variant *variant,
                       const struct node *packet)
{
    enum { ROOM = FRAME_USUAL - ETHER_HEADER };
    const struct node *payload = node_get(packet, "payload");
    const struct node *named = transport_in(packet);
    const char *carried = named != NULL ? named->key : transport_name(variant->file->transport);
    struct draft draft;
    draft_begin(&draft, variant->family);
    draft.ip = true;
    draft_set(&draft, carried, strcmp(carried, "icmp") == 0 ? "type" : "sport", 0);
    size_t most = ROOM - draft_size(&draft);
    if (payload != NULL && node_reference(payload) == NULL && bytes_of(payload) > most)
        complain(list, payload->mark, remark_width(payload), CODE_TOO_LARGE, NULL,
                 "a packet of the wire has at most %d bytes, and room for %zu behind its headers",
                 ROOM, most);
}

static void check_sends(struct complaints *list, const struct variant *variant,
                        const struct step *step)
{
    const struct node *packet = step->param[0];
    check_direction(list, variant, step);
    if (packet == NULL || !shape_check(NULL, packet, &packetshape_sent, "")) /* complained about */
        return;
    check_content(list, variant, step);
    if (packet->kind == NODE_MAP)
        packetcheck_sendable(list, packet, variant->family);
    check_size(list, variant, packet);
}

void peercheck(struct complaints *list, struct variant *variant)
{
    variant->absent = SIDE_COUNT;
    if (variant->file->peer != NULL)
        find_absent(list, variant);
    if (variant->absent != SIDE_COUNT)
        check_absent(list, variant);
    for (size_t i = 0; i < variant->step_count; i++)
        if (variant->steps[i].verb->id == VERB_sends)
            check_sends(list, variant, &variant->steps[i]);
}
