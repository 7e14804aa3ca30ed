/* SPDX-License-Identifier: MIT */
#include "trial/named.h"

#include "case/number.h"
#include "trial/mention.h"

#include <string.h>

static const char *const resets[] = {"rst", "RST", "ABORT", NULL};
static const char *const errors[] = {"ECONNRESET", "ECONNREFUSED", "ECONNABORTED", NULL};
static const char *const pipe_error[] = {"EPIPE", NULL};
static const char *const events[] = {"SCTP_COMM_LOST", "SCTP_CANT_STR_ASSOC", NULL};
static const char *const aborts[] = {"SCTP_ABORT", NULL};

static enum side side_of(const char *actor)
{
    return strncmp(actor, "server", 6) == 0 ? SIDE_SERVER : SIDE_CLIENT;
}

static enum side other(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

static void add(struct judgement *judgement, struct reset_name name)
{
    struct reset_name *one = arena_alloc(judgement->arena, sizeof *one);
    *one = name;
    if (judgement->last_reset != NULL)
        judgement->last_reset->next = one;
    else
        judgement->resets = one;
    judgement->last_reset = one;
}

/* One that came to the socket of the evidence; to each of them, when it stands for many alike. */
static void add_come(struct judgement *judgement, const struct evidence *evidence,
                     enum naming_by by, int step)
{
    struct reset_name name = {.by = by,
                              .from = other(side_of(evidence->actor)),
                              .source = evidence->ports.peer,
                              .destination = evidence->ports.own,
                              .step = step};
    for (uint64_t i = 0; i < evidence->alike; i++)
        add(judgement, name);
}

static void add_sent(struct judgement *judgement, const char *actor, const struct ports_of *ports,
                     int step)
{
    add(judgement, (struct reset_name){.by = NAMED_BY_SENDER,
                                       .from = side_of(actor),
                                       .source = ports->own,
                                       .destination = ports->peer,
                                       .step = step});
}

/* --- what came of a call -------------------------------------------------------------------- */

static const char *observed(const struct evidence *evidence, const char *field)
{
    const json_t *value = json_object_get(evidence->outcome, field);
    return json_is_string(value) ? json_string_value(value) : "";
}

/* True when the expectation says one of the words and that is what came. */
static bool names(const struct node *expected, const char *came, const char *const *words)
{
    bool found = false;
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *const word[] = {words[i], NULL};
        found = found || (strcmp(came, words[i]) == 0 && mention_word(expected, word));
    }
    return found;
}

/* The state of an association, which an event tells. */
static const char *state_of(const struct evidence *evidence)
{
    const json_t *told = json_object_get(evidence->outcome, "notification");
    const char *state = json_string_value(json_object_get(told, "state"));
    return state != NULL ? state : "";
}

static void name_errors(struct judgement *judgement, const struct step *step,
                        const struct evidence *evidence)
{
    const char *error = evidence->injected ? "" : observed(evidence, "errno");
    if (names(step->expect[EXPECT_errno], error, errors) ||
        names(step->expect[EXPECT_value], observed(evidence, "value"), errors) ||
        names(step->expect[EXPECT_notification], state_of(evidence), events))
        add_come(judgement, evidence, NAMED_BY_ERROR, step->number);
    else if (names(step->expect[EXPECT_errno], error, pipe_error))
        add_come(judgement, evidence, NAMED_BY_PIPE, step->number);
}

/* --- what a step sends ---------------------------------------------------------------------- */

static uint16_t port_in(const struct node *header, const char *key)
{
    return (uint16_t)number_of(node_get(header, key), 0);
}

/* The packet itself, when it is a reset, and what it draws. */
static void name_crafted(struct judgement *judgement, const struct step *step, const char *actor,
                         struct crafted_segment segment)
{
    struct reset_name name = {.by = NAMED_BY_PACKET,
                              .from = side_of(actor),
                              .source = segment.source,
                              .destination = segment.destination,
                              .step = step->number};
    struct reset_name answer = name;
    answer.from = other(name.from);
    answer.source = name.destination;
    answer.destination = name.source;
    if (segment.reset)
        add(judgement, name);
    add(judgement, answer);
}

static struct crafted_segment described(const struct node *header)
{
    return (struct crafted_segment){.known = true,
                                    .source = port_in(header, "sport"),
                                    .destination = port_in(header, "dport"),
                                    .reset = named_in(header)};
}

static void name_sent(struct judgement *judgement, const struct step *step,
                      const struct evidence *evidence)
{
    bool found = false,
         went = json_integer_value(json_object_get(evidence->outcome, "returns")) >= 0;
    for (int i = 0; i < PARAM_MAX && went; i++) {
        const struct node *one = step->param[i];
        const struct node *tcp = node_get(one, "tcp");
        const struct node *header = tcp != NULL ? tcp : node_get(one, "sctp");
        if (header != NULL)
            name_crafted(judgement, step, evidence->actor, described(header));
        else if (mention_word(one, aborts))
            add_sent(judgement, evidence->actor, &evidence->ports, step->number);
        found = found || header != NULL;
    }
    if (went && !found && evidence->crafted.known) /* written as bytes */
        name_crafted(judgement, step, evidence->actor, evidence->crafted);
}

/* --- all ------------------------------------------------------------------------------------ */

void named_by_call(struct judgement *judgement, const struct step *step,
                   const struct evidence *evidence)
{
    name_errors(judgement, step, evidence);
    if (verb_has(evidence->verb, VERB_SENDS))
        name_sent(judgement, step, evidence);
}

void named_by_fault(struct judgement *judgement, const char *actor, const struct ports_of *ports,
                    int step)
{
    add_sent(judgement, actor, ports, step);
}

bool named_in(const struct node *node)
{
    return mention_word(node, resets);
}

bool named_anywhere(const struct variant *variant)
{
    static const char *const reset[] = {"reset", NULL};
    return mention_any(variant, resets) || mention_any(variant, errors) ||
           mention_any(variant, pipe_error) || mention_any(variant, events) ||
           mention_any(variant, aborts) || mention_any(variant, reset);
}
