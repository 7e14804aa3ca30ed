/* SPDX-License-Identifier: MIT */
/*
 * The table of what verbs do, for who has one by its number.
 */
#ifndef SOCKPROOF_VERB_TABLE_H
#define SOCKPROOF_VERB_TABLE_H

#include "verb/ops.h"

/* The operations of a verb; never NULL. Static storage. */
const struct verb_ops *verb_table(enum verb_id verb);

#endif
