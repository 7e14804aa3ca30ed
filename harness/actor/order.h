/* SPDX-License-Identifier: MIT */
/*
 * Orders: what a worker tells an actor beside the numbers of slots.
 */
#ifndef SOCKPROOF_ACTOR_ORDER_H
#define SOCKPROOF_ACTOR_ORDER_H

/* Messages on the control socket that are no slot numbers. */
enum actor_order {
    ORDER_ARM = -1,
    ORDER_DISARM = -2,
    ORDER_CLEAN = -3, /* abort and close every descriptor but the control socket; answered */
    ORDER_ASK = -4    /* of one that is elsewhere: which calls sleep; answered */
};

#endif
