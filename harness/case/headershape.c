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

/* The fields of all options, before those of each a line that ends those before; an option is a
   place in that list, by which its shape finds them. */
enum {
#define TCP_OPTION(name, ...) BEFORE_##name,
#define TCP_VALUE(option, ...) VALUE_##option,
#define TCP_PART(option, name, ...) PART_##option##_##name,
#include "packet/option.def"
};

/* --- as they are seen ---------------------------------------------------------------------- */

#define NUMBER(largest)                                                                            \
    ((const struct shape){SHAPE_MATCH, .noun = "an integer from 0 to " #largest,                   \
                          .of = &AN_INTEGER(largest), .matchers = MATCH_ORDER,                     \
                          .definition = "match-to-" #largest})
#define BYTES byteshape_seen
#define HEX basicshape_hex
#define BLOCKS ((const struct shape){PAIRS(&NUMBER(4294967295)), .definition = "match-blocks"})

static const struct shape_member seen_parts_tcp[] = {
#define TCP_OPTION(...) {.name = NULL},
#define TCP_VALUE(option, type, where, ...) MAY(#option, type, __VA_ARGS__),
#define TCP_PART(option, name, type, where, ...) MAY(#name, type, __VA_ARGS__),
#include "packet/option.def"
    {.name = NULL}};

#define SHAPE_OF_ALONE(use, name)
#define SHAPE_OF_ONE(use, name)
#define SHAPE_OF_SEVERAL(use, name)                                                                \
    static const struct shape use##_##name = {SHAPE_MAP, .noun = "fields of the option " #name,    \
                                              .definition = #use "-option-" #name,                 \
                                              .members = use##_parts_tcp + BEFORE_##name + 1};
#define SHAPE_OF_RAW SHAPE_OF_SEVERAL
#define TCP_OPTION(name, kind, experiment, lengths, form, ...) SHAPE_OF_##form(seen, name)
#include "packet/option.def"

#define MEMBER_OF_ALONE(use, name, ...)
#define MEMBER_OF_ONE(use, name, ...)
#define MEMBER_OF_SEVERAL(use, name, ...) MAY(#name, use##_##name, __VA_ARGS__),
#define MEMBER_OF_RAW MEMBER_OF_SEVERAL
#define MEMBER(use, name, form, ...) MEMBER_OF_##form(use, name, __VA_ARGS__)

const struct shape_member headershape_values_tcp[] = {
#define TCP_OPTION(name, kind, experiment, lengths, form, ...) MEMBER(seen, name, form, __VA_ARGS__)
#define TCP_VALUE(option, type, where, ...) MAY(#option, type, __VA_ARGS__),
#include "packet/option.def"
    {.name = NULL}};

#define NAME_OF_ALONE(name) #name,
#define NAME_OF_ONE(name) #name,
#define NAME_OF_SEVERAL(name) #name,
#define NAME_OF_RAW(name)
static const char *const seen_names_tcp[] = {
#define TCP_OPTION(name, kind, experiment, lengths, form, ...) NAME_OF_##form(name)
#include "packet/option.def"
    NULL};

#define AN_OPTION "an option (sackok, {mss: 1460}, {ts: {val: 1, ecr: 2}})"
static const struct shape seen_word_tcp = {SHAPE_WORD, .noun = "an option by its name",
                                           .words = seen_names_tcp};
static const struct shape seen_map_tcp = {SHAPE_MAP, .noun = "one option as the key", .one = true,
                                          .definition = "match-tcp-option",
                                          .members = headershape_values_tcp};
static const struct shape seen_option_tcp = {SHAPE_EITHER, .noun = AN_OPTION,
                                             .either = SHAPES(&seen_word_tcp, &seen_map_tcp)};
static const struct shape seen_list_tcp = {SHAPE_LIST, .noun = "a list of options",
                                           .of = &seen_option_tcp,
                                           .definition = "match-tcp-option-list"};
static const struct shape some_tcp = {SHAPE_LIST, .noun = "a list of options", .least = 1,
                                      .of = &seen_option_tcp};
static const struct shape has_tcp = {
    SHAPE_MAP, .noun = "has: some options",
    .members = MEMBERS(MUST("has", some_tcp, "These are among the options, in any order."))};
static const struct shape seen_tcp = {SHAPE_EITHER, .noun = "a list of options, or {has: […]}",
                                      .either = SHAPES(&seen_list_tcp, &has_tcp)};
const struct shape headershape_seen_tcp = {SHAPE_MATCH, .noun = "a list of options, or {has: […]}",
                                           .of = &seen_tcp, .definition = "match-tcp-options"};

/* --- as they are made ---------------------------------------------------------------------- */

#undef NUMBER
#undef BYTES
#undef BLOCKS
#define NUMBER(largest) AN_INTEGER(largest)
#define BYTES byteshape_made
#define BLOCKS ((const struct shape){PAIRS(&AN_INTEGER(4294967295)), .definition = "blocks"})

static const struct shape_member made_parts_tcp[] = {
#define TCP_OPTION(...) {.name = NULL},
#define TCP_VALUE(option, type, where, ...) MAY(#option, type, __VA_ARGS__),
#define TCP_PART(option, name, type, where, ...) MAY(#name, type, __VA_ARGS__),
#include "packet/option.def"
    {.name = NULL}};

#define TCP_OPTION(name, kind, experiment, lengths, form, ...) SHAPE_OF_##form(made, name)
#include "packet/option.def"

static const struct shape_member made_values_tcp[] = {
#define TCP_OPTION(name, kind, experiment, lengths, form, ...) MEMBER(made, name, form, __VA_ARGS__)
#define TCP_VALUE(option, type, where, ...) MAY(#option, type, __VA_ARGS__),
#include "packet/option.def"
    {.name = NULL}};

#undef NAME_OF_ONE
#undef NAME_OF_SEVERAL
#define NAME_OF_ONE(name)
#define NAME_OF_SEVERAL(name)
static const char *const made_names_tcp[] = {
#define TCP_OPTION(name, kind, experiment, lengths, form, ...) NAME_OF_##form(name)
#include "packet/option.def"
    NULL};

static const struct shape made_word_tcp = {SHAPE_WORD, .noun = "nop, eol or sackok",
                                           .words = made_names_tcp};
static const struct shape made_map_tcp = {SHAPE_MAP, .noun = "one option as the key", .one = true,
                                          .definition = "tcp-option", .members = made_values_tcp};
static const struct shape made_option_tcp = {SHAPE_EITHER, .noun = AN_OPTION,
                                             .either = SHAPES(&made_word_tcp, &made_map_tcp)};
const struct shape headershape_made_tcp = {SHAPE_LIST, .noun = "a list of options",
                                           .of = &made_option_tcp, .definition = "tcp-option-list"};
