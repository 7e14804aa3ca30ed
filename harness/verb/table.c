/* SPDX-License-Identifier: MIT */
#include "verb/table.h"

const struct verb_ops *verb_table(enum verb_id verb)
{
#define VERB(name, ...) [VERB_##name] = &verb_ops_##name,
    static const struct verb_ops *const table[VERB_COUNT] = {
#include "verb/verb.def"
    };
#undef VERB
    return table[verb];
}
