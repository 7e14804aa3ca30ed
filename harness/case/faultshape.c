/* SPDX-License-Identifier: MIT */
#include "case/faultshape.h"

#include "case/basicshape.h"
#include "case/packetshape.h"

/* The words of each family come from its table, with what stands behind them. */

#define WIRE_ACTION(id, word, ...) #word,
static const struct shape wire_action = {SHAPE_WORD, .noun = "an action of the wire",
                                         .words = (const char *const[]){
#include "fault/wire_action.def"
                                             NULL}};

static const struct shape error_name = {SHAPE_CONSTANT, .noun = "an errno (ECONNRESET)",
                                        .group = GROUP_ERRNO, .definition = "errno-name"};
static const struct shape some = {SHAPE_SIZE, .noun = "a size from 1 on (64, 16KiB)", .least = 1};

#define MEMBER_NONE(word, sentence)
#define MEMBER_ERRNO(word, sentence) MAY(word, error_name, sentence),
#define MEMBER_SIZE(word, sentence) MAY(word, some, sentence),
#define MEMBER_TIME(word, sentence) MAY(word, basicshape_time, sentence),
#define CALL_ACTION(id, word, argument, effect, needs, where, sentence, ...)                       \
    MEMBER_##argument(#word, sentence)
static const struct shape_member with_argument[] = {
#include "fault/call_action.def"
    {.name = NULL}};

#define WORD_NONE(word) word,
#define WORD_ERRNO(word)
#define WORD_SIZE(word)
#define WORD_TIME(word)
#define CALL_ACTION(id, word, argument, ...) WORD_##argument(#word)
static const char *const without_argument[] = {
#include "fault/call_action.def"
    NULL};

#define SAID_NONE(word) " " word
#define SAID_ERRNO(word) " {" word ": …}"
#define SAID_SIZE(word) SAID_ERRNO(word)
#define SAID_TIME(word) SAID_ERRNO(word)
#define CALL_ACTION(id, word, argument, ...) SAID_##argument(#word)
static const struct shape action_map = {SHAPE_MAP, .noun = "exactly one action, with its argument",
                                        .definition = "call-action", .one = true,
                                        .members = with_argument};
static const struct shape action_word = {SHAPE_WORD, .noun = "an action",
                                         .words = without_argument};
static const struct shape call_action = {SHAPE_EITHER, .noun = "one of the actions of a call,"
#include "fault/call_action.def"
                                         ,
                                         .either = SHAPES(&action_map, &action_word)};
static const struct shape fault_actor = {SHAPE_ACTOR, .noun = "an actor (client, server)"};
#define GROUPS "receive", "transmit", "wait", "name"
#define POINT(name, ...) #name,
#define ALIAS(name, point) #name,
static const struct shape call_name = {SHAPE_WORD, .noun = "a call on sockets",
                                       .definition = "call",
                                       .words = (const char *const[]){
#include "fault/point.def"
                                           GROUPS, NULL}};
static const struct shape allowed = {SHAPE_WORD, .noun = "the word clean-error",
                                     .words = WORDS("clean-error")};
static const struct shape wire_fault = {
    SHAPE_MAP, .noun = "a fault of the wire", .definition = "wire-fault",
    .members = MEMBERS(MUST("wire", packetshape_direction, "Whose packets it is about."),
                       MUST("do", wire_action, "What becomes of a packet."),
                       MAY("when", packetshape_wire_when,
                           "Which packets, and which of them; all where it is not given."))};
static const struct shape call_fault = {
    SHAPE_MAP, .noun = "a fault of a call", .definition = "call-fault",
    .members = MEMBERS(
        MUST("call", call_name, "Which call it is about."), MUST("by", fault_actor, "Whose calls."),
        MUST("do", call_action, "What becomes of the call."),
        MAY("when", packetshape_call_when, "Which of the calls; all where it is not given."),
        MAY("allows", allowed,
            "Any program of the case may say what failed and end by itself with another status "
            "than 0; the "
            "case ends there, and passes."))};
const struct shape faultshape_fault = {
    SHAPE_EITHER, .noun = "a fault ({wire: …} or {call: …, by: …})",
    .either = SHAPES(&wire_fault, &call_fault), .definition = "fault"};

/* A plan for a program: its points are the interposer's, and the program is the only actor. */
#define NAME_BOTH(name) name,
#define NAME_PROGRAMS(name) name,
#define NAME_ACTORS(name)
#define POINT(name, kind, group, callers, ...) NAME_##callers(#name)
#define ALIAS(name, point) #name,
static const char *const point_names[] = {
#include "fault/point.def"
    GROUPS, NULL};
static const struct shape point_name = {SHAPE_WORD, .noun = "a point (--list-points shows them)",
                                        .definition = "point", .literal = true,
                                        .words = point_names};
static const struct shape program_fault = {
    SHAPE_MAP, .noun = "a fault ({call: …, do: …})", .literal = true, .definition = "program-fault",
    .members = MEMBERS(
        MUST("call", point_name, "The point, or a wider one: receive, transmit, wait, name."),
        MUST("do", call_action, "What becomes of the call."),
        MAY("when", packetshape_program_when, "Which of the calls; all where it is not given."))};
static const struct shape plan_fault = {SHAPE_EITHER, .literal = true,
                                        .noun = "a fault ({call: …, do: …} or {wire: …, do: …})",
                                        .either = SHAPES(&program_fault, &wire_fault)};
static const struct shape plan_faults = {SHAPE_DICT, .noun = "named faults", .least = 1,
                                         .of = &plan_fault, .literal = true};
const struct shape faultshape_plan = {
    SHAPE_MAP, .noun = "a fault plan", .literal = true,
    .members = MEMBERS(MUST("faults", plan_faults, "The faults, by names."))};
