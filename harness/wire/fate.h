/*
 * What the wire may do to a packet, and what then has become of it.
 */
#ifndef SOCKPROOF_WIRE_FATE_H
#define SOCKPROOF_WIRE_FATE_H

enum fate {
    FATE_PASSED,
    FATE_DROPPED,
    FATE_HELD, /* kept back by hold; comes again with another fate when released */
    FATE_DUPLICATED,
    FATE_CORRUPTED,
    FATE_REORDERED,   /* let the next packet of its direction go first */
    FATE_CUT,         /* dropped by a cut line */
    FATE_DELAYED,     /* went when nothing else moved any more */
    FATE_TRUNCATED,   /* half of its payload is gone, its headers are as they were */
    FATE_UNREACHABLE, /* dropped, and its sender was sent an ICMP error */
    FATE_RESET,       /* dropped, and both ends were sent an RST in its flow */
    FATE_INJECTED,    /* made by the wire */
    FATE_COUNT
};
/* "passed", "dropped", … Static storage. */
const char *fate_name(enum fate fate);

enum wire_action {
    WIRE_PASS,
    WIRE_DROP,
    WIRE_DUPLICATE,
    WIRE_REORDER,
    WIRE_CORRUPT,
    WIRE_RESET,
    WIRE_CUT,
    WIRE_DELAY,
    WIRE_TRUNCATE,
    WIRE_UNREACHABLE
};

#endif
