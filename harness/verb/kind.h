/*
 * The kind of a verb: whether its calls send or receive, for all who treat them alike.
 */
#ifndef SOCKPROOF_VERB_KIND_H
#define SOCKPROOF_VERB_KIND_H

#include "verb/verb.h"

#include <stdbool.h>

/* True when the verb's calls hand data to the socket. */
bool kind_sends(enum verb_id verb);
/* True when the verb's calls take data from the socket. */
bool kind_receives(enum verb_id verb);
/* True when a new descriptor is the verb's result. */
bool kind_makes_descriptor(enum verb_id verb);
/* True when the data is a list of buffers, laid end to end. */
bool kind_gathers(enum verb_id verb);

#endif
