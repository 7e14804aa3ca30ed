/* SPDX-License-Identifier: MIT */
#include "case/headershape.h"

#include "case/basicshape.h"
#include "case/byteshape.h"

#define AN_INTEGER(largest)                                                                        \
    ((const struct shape){SHAPE_INTEGER, .noun = "an integer from 0 to " #largest,                 \
                          .most = largest, .definition = "to-" #largest})
#define A_PAIR(number)                                                                             \
    ((const struct shape){SHAPE_LIST, .noun = "a block of two numbers ([2001, 3001])", .least = 2, \
                          .most = 2, .of = number})
#define PAIRS(number)                                                                              \
    SHAPE_LIST, .noun = "one to four blocks ([[2001, 3001]])", .least = 1, .most = 4,              \
                .of = &A_PAIR(number)

/* Shapes of all sets stand in one list, before each of which a line ends those before. Where they
   begin says a list of places of the same lines. */

#define NONE(...)
#define PLACE(name) name,

/* The fields of each option. */
enum {
#define HEAD_OPTION(set, name, ...) PARTS_##set##_##name,
#define HEAD_VALUE(set, option, ...) VALUE_##set##_##option,
#define HEAD_PART(set, option, name, ...) PART_##set##_##option##_##name,
#include "packet/option.def"
};

/* The options of each set that have something behind their names. */
#define WITH_FIELDS_ALONE NONE
#define WITH_FIELDS_ONE NONE
#define WITH_FIELDS_SEVERAL PLACE
#define WITH_FIELDS_RAW PLACE
enum {
#define HEAD_SET(set) VALUES_##set,
#define HEAD_OPTION(set, name, kind, experiment, lengths, form, ...)                               \
    WITH_FIELDS_##form(FIELDS_##set##_##name)
#define HEAD_VALUE(set, option, ...) BEHIND_##set##_##option,
#include "packet/option.def"
};

/* Those whose names stand alone, as they are seen and as they are made. */
#define SEEN_ALONE_ALONE PLACE
#define SEEN_ALONE_ONE PLACE
#define SEEN_ALONE_SEVERAL PLACE
#define SEEN_ALONE_RAW NONE
#define MADE_ALONE_ALONE PLACE
#define MADE_ALONE_ONE NONE
#define MADE_ALONE_SEVERAL NONE
#define MADE_ALONE_RAW NONE
enum {
#define HEAD_SET(set) SEEN_NAMES_##set,
#define HEAD_OPTION(set, name, kind, experiment, lengths, form, ...)                               \
    SEEN_ALONE_##form(SEEN_NAME_##set##_##name)
#include "packet/option.def"
};
enum {
#define HEAD_SET(set) MADE_NAMES_##set,
#define HEAD_OPTION(set, name, kind, experiment, lengths, form, ...)                               \
    MADE_ALONE_##form(MADE_NAME_##set##_##name)
#include "packet/option.def"
};
static const char *const seen_names[] = {
#define HEAD_SET(set) NULL,
#define HEAD_OPTION(set, name, kind, experiment, lengths, form, ...) SEEN_ALONE_##form(#name)
#include "packet/option.def"
    NULL};
static const char *const made_names[] = {
#define HEAD_SET(set) NULL,
#define HEAD_OPTION(set, name, kind, experiment, lengths, form, ...) MADE_ALONE_##form(#name)
#include "packet/option.def"
    NULL};

#define SHAPE_OF_ALONE NONE
#define SHAPE_OF_ONE NONE
#define SHAPE_OF_SEVERAL(use, set, name)                                                           \
    static const struct shape use##_##set##_##name = {                                             \
        SHAPE_MAP, .noun = "fields of " #name, .definition = #use "-" #set "-" #name,              \
        .members = use##_parts + PARTS_##set##_##name + 1};
#define SHAPE_OF_RAW SHAPE_OF_SEVERAL
#define MEMBER_OF_ALONE NONE
#define MEMBER_OF_ONE NONE
#define MEMBER_OF_SEVERAL(use, set, name, ...) MAY(#name, use##_##set##_##name, __VA_ARGS__),
#define MEMBER_OF_RAW MEMBER_OF_SEVERAL

/* One option of a set, in a list. */
#define AN_OPTION(use, set, names, what)                                                           \
    static const struct shape use##_word_##set = {SHAPE_WORD, .noun = "an option by its name",     \
                                                  .words = names + 1};                             \
    static const struct shape use##_map_##set = {                                                  \
        SHAPE_MAP, .noun = "one option as the key", .one = true,                                   \
        .definition = #use "-" #set "-option", .members = use##_values + VALUES_##set + 1};        \
    static const struct shape use##_option_##set = {                                               \
        SHAPE_EITHER, .noun = what, .either = SHAPES(&use##_word_##set, &use##_map_##set)};
#define TCP_NOUN "an option (sackok, {mss: 1460}, {ts: {val: 1, ecr: 2}})"
#define IP4_NOUN "an option (nop, {ra: 0}, {raw: {kind: 94, hex: …}})"
#define IP6_NOUN "an extension header ({dstopts: …}, {fragment: {id: 7}})"

/* --- as they are seen ---------------------------------------------------------------------- */

#define NUMBER(largest)                                                                            \
    ((const struct shape){SHAPE_MATCH, .noun = "an integer from 0 to " #largest,                   \
                          .of = &AN_INTEGER(largest), .matchers = MATCH_ORDER,                     \
                          .definition = "match-to-" #largest})
#define BYTES byteshape_seen
#define HEX basicshape_hex
#define BLOCKS ((const struct shape){PAIRS(&NUMBER(4294967295)), .definition = "match-blocks"})

static const struct shape_member seen_parts[] = {
#define HEAD_OPTION(...) {.name = NULL},
#define HEAD_VALUE(set, option, type, where, ...) MAY(#option, type, __VA_ARGS__),
#define HEAD_PART(set, option, name, type, where, ...) MAY(#name, type, __VA_ARGS__),
#include "packet/option.def"
    {.name = NULL}};

#define HEAD_OPTION(set, name, kind, experiment, lengths, form, ...)                               \
    SHAPE_OF_##form(seen, set, name)
#include "packet/option.def"

static const struct shape_member seen_values[] = {
#define HEAD_SET(set) {.name = NULL},
#define HEAD_OPTION(set, name, kind, experiment, lengths, form, ...)                               \
    MEMBER_OF_##form(seen, set, name, __VA_ARGS__)
#define HEAD_VALUE(set, option, type, where, ...) MAY(#option, type, __VA_ARGS__),
#include "packet/option.def"
    {.name = NULL}};

#define SEEN_LIST(set, upper)                                                                      \
    AN_OPTION(seen, set, seen_names + SEEN_NAMES_##set, upper##_NOUN)                              \
    static const struct shape seen_list_##set = {SHAPE_LIST, .noun = "a list of them",             \
                                                 .of = &seen_option_##set,                         \
                                                 .definition = "match-" #set "-option-list"};      \
    static const struct shape some_##set = {SHAPE_LIST, .noun = "a list of options", .least = 1,   \
                                            .of = &seen_option_##set};                             \
    static const struct shape has_##set = {                                                        \
        SHAPE_MAP, .noun = "has: some of them", .definition = "has-" #set,                         \
        .members = MEMBERS(MUST("has", some_##set, "These are there, among others."))};            \
    static const struct shape seen_##set = {SHAPE_EITHER, .noun = "a list, or {has: […]}",         \
                                            .either = SHAPES(&seen_list_##set, &has_##set)};       \
    const struct shape headershape_seen_##set = {SHAPE_MATCH, .noun = "a list, or {has: […]}",     \
                                                 .of = &seen_##set,                                \
                                                 .definition = "match-" #set "-options"};          \
    const struct shape *const headershape_value_##set = &seen_map_##set;
SEEN_LIST(tcp, TCP)
SEEN_LIST(ip4, IP4)
SEEN_LIST(ip6, IP6)

/* --- as they are made ---------------------------------------------------------------------- */

#undef NUMBER
#undef BYTES
#undef BLOCKS
#define NUMBER(largest) AN_INTEGER(largest)
#define BYTES byteshape_made
#define BLOCKS ((const struct shape){PAIRS(&AN_INTEGER(4294967295)), .definition = "blocks"})

static const struct shape_member made_parts[] = {
#define HEAD_OPTION(...) {.name = NULL},
#define HEAD_VALUE(set, option, type, where, ...) MAY(#option, type, __VA_ARGS__),
#define HEAD_PART(set, option, name, type, where, ...) MAY(#name, type, __VA_ARGS__),
#include "packet/option.def"
    {.name = NULL}};

#define HEAD_OPTION(set, name, kind, experiment, lengths, form, ...)                               \
    SHAPE_OF_##form(made, set, name)
#include "packet/option.def"

static const struct shape_member made_values[] = {
#define HEAD_SET(set) {.name = NULL},
#define HEAD_OPTION(set, name, kind, experiment, lengths, form, ...)                               \
    MEMBER_OF_##form(made, set, name, __VA_ARGS__)
#define HEAD_VALUE(set, option, type, where, ...) MAY(#option, type, __VA_ARGS__),
#include "packet/option.def"
    {.name = NULL}};

#define MADE_LIST(set, upper)                                                                      \
    AN_OPTION(made, set, made_names + MADE_NAMES_##set, upper##_NOUN)                              \
    const struct shape headershape_made_##set = {SHAPE_LIST, .noun = "a list of them",             \
                                                 .of = &made_option_##set,                         \
                                                 .definition = #set "-option-list"};
MADE_LIST(tcp, TCP)
MADE_LIST(ip4, IP4)
MADE_LIST(ip6, IP6)
