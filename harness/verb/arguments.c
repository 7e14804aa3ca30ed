/* SPDX-License-Identifier: MIT */
#include "verb/arguments.h"

/* Where in its family's struct each parameter of a verb stands. */
#define REQ(name, type) offsetof(in_family, name)
#define OPT(name, type) offsetof(in_family, name)
#define VERB(name, family, side, traits, sleeps, member, outs, sentence, example, ...)             \
    static size_t place_in_##name(size_t i)                                                        \
    {                                                                                              \
        typedef struct family##_in in_family;                                                      \
        static const size_t places[] = {__VA_ARGS__};                                              \
        return i < sizeof places / sizeof *places ? places[i] : 0;                                 \
    }
#include "verb/verb.def"
#undef VERB

struct argument *verb_argument(union verb_in *in, enum verb_id verb, size_t i)
{
#define VERB(name, ...) [VERB_##name] = place_in_##name,
    static size_t (*const place[VERB_COUNT])(size_t i) = {
#include "verb/verb.def"
    };
#undef VERB
    return (struct argument *)((char *)in + place[verb](i));
}
