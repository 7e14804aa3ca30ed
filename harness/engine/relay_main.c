/* SPDX-License-Identifier: MIT */
/*
 * The relay alone, statically linked: what is copied to where an actor is to be.
 */
#include "actor/relay.h"

int main(void)
{
    return relay_serve();
}
