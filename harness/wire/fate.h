/* SPDX-License-Identifier: MIT */
/*
 * What has become of a packet on the wire.
 */
#ifndef SOCKPROOF_WIRE_FATE_H
#define SOCKPROOF_WIRE_FATE_H

enum fate {
    FATE_PASSED,
    FATE_HELD,     /* kept back by hold; comes again with another fate when released */
    FATE_INJECTED, /* made by the wire */
    FATE_ABSORBED, /* for a host that is absent: the wire took it for itself */
#define WIRE_ACTION(id, word, fate, ...) FATE_##fate,
#include "fault/wire_action.def"
    FATE_COUNT
};
/* "passed", "dropped", … Static storage. */
const char *fate_name(enum fate fate);

#endif
