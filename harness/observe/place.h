/* SPDX-License-Identifier: MIT */
/*
 * Places: where a case looks at packets, for the tests of this room only, which include it once
 * each.
 */
#ifndef SOCKPROOF_OBSERVE_PLACE_H
#define SOCKPROOF_OBSERVE_PLACE_H

#include "case/packetshape.h"
#include "observe/specimen.h"

/* What an expectation ("tcp: {seq: 5}") says of the packet, in each of the places where packets are
   looked at, where lint has to take it: all of them say the same. */
static bool matches(const char *text, const struct packet *packet)
{
    static const struct {
        const struct shape *shape;
        const char *more;
    } places[] = {{&packetshape_seen, ""},
                  {&packetshape_traffic, ""},
                  {&packetshape_wire_when, ", nth: 1"},
                  {&packetshape_never, ", from: client"}};
    int yes = 0;
    for (size_t i = 0; i < 4; i++) {
        char whole[2048];
        struct complaints list = complaints_about("");
        snprintf(whole, sizeof whole, "{%s%s}", text, places[i].more);
        const struct node *node = yaml(whole);
        cr_assert(shape_check(&list, node, places[i].shape, "place"), "%s: %s", whole,
                  list.first != NULL ? list.first->message : "");
        yes += packetmatch(node, packet, &naming, NULL) ? 1 : 0;
    }
    cr_assert(yes == 0 || yes == 4, "%s means another thing in another place", text);
    return yes == 4;
}

#endif
