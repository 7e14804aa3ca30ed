/* SPDX-License-Identifier: MIT */
#include "case/topshape.h"

#include "case/basicshape.h"
#include "case/faultshape.h"
#include "case/limit.h"
#include "case/packetshape.h"

static const struct shape title = {SHAPE_TEXT,
                                   .noun = "one sentence of at most " TITLE_MAX_TEXT " characters",
                                   .least = 1, .most = TITLE_MAX, .literal = true};
static const struct shape citation = {SHAPE_TEXT, .noun = "a requirement's id", .least = 1,
                                      .literal = true};
static const struct shape cites = {SHAPE_LIST, .noun = "a list of requirements (at least one)",
                                   .least = 1, .of = &citation, .literal = true};
static const struct shape one_family = {SHAPE_WORD, .noun = "inet or inet6", .literal = true,
                                        .words = WORDS("inet", "inet6")};
static const struct shape family_list = {SHAPE_LIST, .noun = "a list of families", .least = 1,
                                         .of = &one_family, .literal = true};
static const struct shape family = {SHAPE_EITHER, .noun = "inet, inet6, or a list of them",
                                    .either = SHAPES(&one_family, &family_list), .literal = true};
static const struct shape program = {SHAPE_TEXT, .noun = "the name of a program", .least = 1,
                                     .literal = true};
static const struct shape programs = {SHAPE_LIST, .noun = "a list of programs", .least = 1,
                                      .of = &program, .literal = true};
#define CHOICE(id, what, ...)                                                                      \
    static const struct shape id = {SHAPE_WORD, .noun = what, .literal = true,                     \
                                    .words = WORDS(__VA_ARGS__)};
CHOICE(transport, "a transport", "tcp", "udp", "sctp", "raw", "icmp")
CHOICE(subject, "stack or program", "stack", "program")
CHOICE(place, "wire or loopback", "wire", "loopback")
CHOICE(peer, "wire", "wire")
CHOICE(setup, "a setup", "none", "open", "bound", "listening", "connected")
static const struct shape hosts = {SHAPE_INTEGER, .noun = "1 or 2", .least = 1, .most = 2,
                                   .literal = true};
static const struct shape clients = {SHAPE_INTEGER,
                                     .noun = "an integer from 1 to " CLIENTS_MAX_TEXT, .least = 1,
                                     .most = CLIENTS_MAX, .literal = true};
static const struct shape port = {SHAPE_INTEGER, .noun = "a port from 1 to 65535", .least = 1,
                                  .most = 65535, .literal = true};
static const struct shape faults = {SHAPE_DICT, .noun = "named faults", .least = 1,
                                    .of = &faultshape_fault, .literal = true};
static const struct shape delivery = {
    SHAPE_MAP, .noun = "counts of delivery",
    .members =
        MEMBERS(MAY("sent", basicshape_match_count, "What the case's sends were given."),
                MAY("received", basicshape_match_count, "What its receives were given back."),
                MAY("lost", basicshape_match_count, "What was accepted and never came."),
                MAY("duplicated", basicshape_match_count, "What came more than once."),
                MAY("corrupted", basicshape_match_count, "What came and was never sent so."),
                MAY("accepted", basicshape_match_count, "What the sends said that they took."))};
static const struct shape exact = {SHAPE_WORD, .noun = "exact, or exact_per_stream",
                                   .words = WORDS("exact", "exact_per_stream")};
static const struct shape ordering_map = {
    SHAPE_MAP, .noun = "counts of ordering",
    .members =
        MEMBERS(MAY("reordered", basicshape_match_count,
                    "Messages that came behind one sent later (RFC 4737, 4)."),
                MAY("max_extent", basicshape_match_count,
                    "The furthest that a message came late, in messages (RFC 4737, 4.2)."),
                MAY("max_loss_run", basicshape_match_count, "The most messages lost in a row."))};
static const struct shape ordering = {SHAPE_EITHER, .noun = "exact, exact_per_stream, or counts",
                                      .either = SHAPES(&exact, &ordering_map)};
static const struct shape fired = {SHAPE_DICT, .noun = "faults, each with a count", .least = 1,
                                   .of = &basicshape_match_count};
static const struct shape never = {SHAPE_LIST, .noun = "a list of packets", .least = 1,
                                   .of = &packetshape_never};
/* A table's keys as members of a mapping. */
#define KEY(need, key, ...) need(#key, key, __VA_ARGS__),
static const struct shape_member expectations[] = {
#include "case/expect.def"
    {.name = NULL}};
static const struct shape expect = {SHAPE_MAP, .noun = "delivery, ordering, fired, never",
                                    .definition = "expect", .members = expectations};
static const struct shape variants = {SHAPE_ANY, .noun = "a list of rows, or a mapping of lists"};
static const struct shape steps = {SHAPE_LIST, .noun = "a list of steps (at least one)", .least = 1,
                                   .of = &basicshape_any, .literal = true};

static const struct shape_member keys[] = {
#include "case/top.def"
    {.name = NULL}};
const struct shape topshape_case = {
    SHAPE_MAP, .noun = "a case (a mapping with title, cites, transport, steps)", .literal = true,
    .members = keys};
