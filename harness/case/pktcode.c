/* SPDX-License-Identifier: MIT */
#include "case/pktcode.h"

#include "case/pktexpression.h"

#include <string.h>

enum statement_kind { STATEMENT_ASSERT, STATEMENT_SET, STATEMENT_NOTHING };

struct statement {
    enum statement_kind kind;
    const struct pktterm *term;
    const char *name; /* that is set */
    const char *said; /* the term as it stands */
    struct mark mark;
    int width;
    struct statement *next;
};

struct pktcode {
    struct statement *first;
};

/* --- statements ----------------------------------------------------------------------------- */

/* Past what stands up to the end of the statement, texts whole: what is to be said. */
static void skip_message(struct pktexpression *parse)
{
    int depth = 0;
    char quote = '\0';
    for (; *parse->at != '\0'; pktexpression_forward(parse, 1)) {
        char byte = *parse->at;
        bool ends = (byte == '\n' || byte == ';') && depth <= 0;
        if (quote != '\0' && byte == quote)
            quote = '\0';
        else if (quote == '\0' && (byte == '"' || byte == '\''))
            quote = byte;
        else if (quote == '\0' && ends)
            break;
        depth += quote == '\0' ? (byte == '(') - (byte == ')') : 0;
    }
}

static void take_said(struct pktexpression *parse, struct statement *statement, const char *from)
{
    size_t length = (size_t)(parse->at - from);
    while (length > 0 && strchr(" \t\r\n", from[length - 1]) != NULL)
        length--;
    statement->said = arena_copy(parse->list->arena, from, length);
    statement->width = (int)length;
}

static void read_assert(struct pktexpression *parse, struct statement *statement)
{
    statement->kind = STATEMENT_ASSERT;
    statement->mark = parse->mark;
    const char *from = parse->at;
    statement->term = pktexpression_read(parse);
    take_said(parse, statement, from);
    if (!parse->wrong && *parse->at == ',')
        skip_message(parse);
}

/* NAME = EXPRESSION. */
static void read_set(struct pktexpression *parse, struct statement *statement)
{
    size_t length = pktexpression_name_length(parse);
    struct pktexpression before = *parse;
    statement->name = arena_copy(parse->list->arena, parse->at, length);
    pktexpression_forward(parse, length);
    pktexpression_blanks(parse);
    if (length == 0) {
        pktexpression_wrong(parse, "assert CONDITION");
    } else if (parse->at[0] == '=' && parse->at[1] != '=') {
        statement->kind = STATEMENT_SET;
        pktexpression_forward(parse, 1);
        pktexpression_blanks(parse);
        statement->term = pktexpression_read(parse);
    } else {
        *parse = before;
        pktexpression_unknown(parse,
                              arena_printf(parse->list->arena, "%s in a code", statement->name));
    }
}

static void read_statement(struct pktexpression *parse, struct statement *statement)
{
    if (pktexpression_takes_word(parse, "assert")) {
        read_assert(parse, statement);
    } else if (pktexpression_is_word(parse, "print")) {
        statement->kind = STATEMENT_NOTHING;
        skip_message(parse);
    } else {
        read_set(parse, statement);
    }
    pktexpression_blanks(parse);
    if (!parse->wrong && strchr("\n;", *parse->at) == NULL)
        pktexpression_wrong(parse, "the end of the statement");
}

const struct pktcode *pktcode_parse(struct complaints *list, struct pkt_script *script,
                                    const struct pkt_text *text)
{
    struct pktexpression parse = {
        .list = list, .script = script, .at = text->text, .mark = text->mark};
    struct pktcode *code = arena_alloc(list->arena, sizeof *code);
    struct statement **end = &code->first;
    while (!parse.wrong) {
        while (*parse.at == '\n' || *parse.at == ';' || *parse.at == ' ' || *parse.at == '\t' ||
               *parse.at == '\r')
            pktexpression_forward(&parse, 1);
        pktexpression_blanks(&parse);
        if (*parse.at == '\n')
            continue;
        if (*parse.at == '\0')
            break;
        *end = arena_alloc(list->arena, sizeof **end);
        read_statement(&parse, *end);
        end = &(*end)->next;
    }
    return parse.wrong ? NULL : code;
}

/* --- names ---------------------------------------------------------------------------------- */

static void each_name(const struct pktterm *term, const struct statement *before,
                      const struct statement *end,
                      void (*found)(void *context, const char *name, struct mark mark),
                      void *context)
{
    if (term == NULL)
        return;
    bool set = false;
    for (const struct statement *one = before; one != end && term->kind == PKTTERM_NAME;
         one = one->next)
        set = set || (one->kind == STATEMENT_SET && strcmp(one->name, term->name) == 0);
    if (term->kind == PKTTERM_NAME && !set)
        found(context, term->name, term->mark);
    each_name(term->left, before, end, found, context);
    each_name(term->right, before, end, found, context);
}

void pktcode_each_name(const struct pktcode *code,
                       void (*found)(void *context, const char *name, struct mark mark),
                       void *context)
{
    for (const struct statement *one = code->first; one != NULL; one = one->next)
        each_name(one->term, code->first, one, found, context);
}

/* --- carrying out --------------------------------------------------------------------------- */

struct variable {
    const char *name;
    struct pktnumber value;
    struct variable *next;
};

struct running {
    const struct pktterm_names *names;
    struct variable *variables;
    struct arena *arena;
    const char *told; /* what names stand for, of one statement */
};

static struct pktnumber value_of(void *context, const char *name)
{
    struct running *running = context;
    const struct variable *one = running->variables;
    while (one != NULL && strcmp(one->name, name) != 0)
        one = one->next;
    return one != NULL ? one->value : running->names->value(running->names->context, name);
}

static void tell(void *context, const char *name, struct mark mark)
{
    struct running *running = context;
    const char *value = pktterm_text(value_of(running, name), running->arena);
    const char *one = arena_printf(running->arena, "%s is %s", name, value);
    (void)mark;
    if (strstr(running->told, one) == NULL)
        running->told = *running->told == '\0'
                            ? one
                            : arena_printf(running->arena, "%s, %s", running->told, one);
}

static void set(struct running *running, const char *name, struct pktnumber value)
{
    struct variable *one = arena_alloc(running->arena, sizeof *one);
    *one = (struct variable){name, value, running->variables};
    running->variables = one;
}

struct pktcode_result pktcode_run(const struct pktcode *code, const struct pktterm_names *names,
                                  struct arena *arena)
{
    struct running running = {names, NULL, arena, ""};
    const struct pktterm_names own = {&running, value_of};
    struct pktcode_result result = {.verdict = PKTCODE_HOLDS};
    for (const struct statement *one = code->first; one != NULL && result.verdict == PKTCODE_HOLDS;
         one = one->next) {
        if (one->kind == STATEMENT_NOTHING)
            continue;
        struct pktnumber value = pktterm_value(one->term, &own);
        if (one->kind == STATEMENT_SET)
            set(&running, one->name, value);
        else if (!value.known || !pktterm_true(value)) {
            each_name(one->term, NULL, NULL, tell, &running);
            result = (struct pktcode_result){value.known ? PKTCODE_FAILS : PKTCODE_NONE, one->mark,
                                             one->width, one->said, running.told};
        }
    }
    return result;
}
