/* SPDX-License-Identifier: MIT */
/*
 * The relay alone, statically linked: what is copied to where an actor is to be.
 */
#include "actor/relay.h"
#include "verb/ops.h"

/* Programs are started where the worker is. */
OPS_OF_WORKER(run, NULL);

int main(void)
{
    return relay_serve();
}
