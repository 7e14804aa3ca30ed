/* SPDX-License-Identifier: MIT */
#include "case/pktexpression.h"

#include <stdlib.h>
#include <string.h>

/* No code of a person nests deeper, or says more. */
enum { DEPTH_MAX = 32, TERMS_MAX = 4096, NAME_MAX_BYTES = 64 };

/* --- the text ------------------------------------------------------------------------------- */

void pktexpression_forward(struct pktexpression *parse, size_t bytes)
{
    for (; bytes > 0 && *parse->at != '\0'; bytes--, parse->at++) {
        if (*parse->at == '\n')
            parse->mark = (struct mark){parse->mark.line + 1, 1};
        else if (((unsigned char)*parse->at & 0xc0) != 0x80)
            parse->mark.column++;
    }
}

void pktexpression_blanks(struct pktexpression *parse)
{
    bool more = true;
    while (more) {
        char byte = *parse->at;
        if (byte == ' ' || byte == '\t' || byte == '\r' || (byte == '\n' && parse->brackets > 0))
            pktexpression_forward(parse, 1);
        else if (byte == '#')
            pktexpression_forward(parse, strcspn(parse->at, "\n"));
        else if (byte == '\\' && parse->at[1] == '\n')
            pktexpression_forward(parse, 2);
        else
            more = false;
    }
}

static bool in_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           (byte >= '0' && byte <= '9');
}

size_t pktexpression_name_length(const struct pktexpression *parse)
{
    size_t length = 0;
    if (*parse->at < '0' || *parse->at > '9')
        while (in_name(parse->at[length]))
            length++;
    return length;
}

bool pktexpression_is_word(const struct pktexpression *parse, const char *word)
{
    return pktexpression_name_length(parse) == strlen(word) &&
           memcmp(parse->at, word, strlen(word)) == 0;
}

bool pktexpression_takes_word(struct pktexpression *parse, const char *word)
{
    bool is = pktexpression_is_word(parse, word);
    if (is)
        pktexpression_forward(parse, strlen(word));
    pktexpression_blanks(parse);
    return is;
}

void pktexpression_wrong(struct pktexpression *parse, const char *expected)
{
    bool told = parse->wrong;
    parse->wrong = true;
    if (told)
        return;
    size_t length = strcspn(parse->at, "\r\n");
    const char *shown = length == 0 ? "the end of the line"
                                    : arena_printf(parse->list->arena, "'%.*s'",
                                                   (int)(length < 30 ? length : 30), parse->at);
    complain(parse->list, parse->mark, 1, CODE_SYNTAX,
             arena_printf(parse->list->arena, "expected %s", expected),
             "a code does not go on with %s here", shown);
}

void pktexpression_unknown(struct pktexpression *parse, const char *what)
{
    parse->wrong = true;
    pkt_lacks(parse->script, parse->mark, 1, "%s", what);
}

/* --- expressions ---------------------------------------------------------------------------- */

static struct pktterm *term_new(struct pktexpression *parse, enum pktterm_kind kind)
{
    struct pktterm *term = arena_alloc(parse->list->arena, sizeof *term);
    term->kind = kind;
    term->mark = parse->mark;
    if (++parse->terms > TERMS_MAX)
        pktexpression_wrong(parse, "a shorter code");
    return term;
}

static struct pktterm *term_of(struct pktexpression *parse, enum pktterm_kind kind,
                               const struct pktterm *left, const struct pktterm *right)
{
    struct pktterm *term = term_new(parse, kind);
    term->mark = left->mark;
    term->left = left;
    term->right = right;
    return term;
}

static const struct pktterm *read_number(struct pktexpression *parse)
{
    struct pktterm *term = term_new(parse, PKTTERM_NUMBER);
    bool hex = parse->at[0] == '0' && (parse->at[1] == 'x' || parse->at[1] == 'X');
    size_t digits = strspn(parse->at, "0123456789");
    bool real = !hex && parse->at[digits] == '.';
    char *end = NULL;
    term->number.known = true;
    term->number.whole = !real;
    if (real)
        term->number.real = strtod(parse->at, &end);
    else
        term->number.number = strtoll(parse->at, &end, hex ? 16 : 10);
    if (in_name(*end))
        pktexpression_wrong(parse, "a number");
    else
        pktexpression_forward(parse, (size_t)(end - parse->at));
    return term;
}

static const struct pktterm *read_name(struct pktexpression *parse)
{
    static const struct {
        const char *word;
        int64_t number;
    } constants[] = {{"True", 1}, {"False", 0}};
    size_t length = pktexpression_name_length(parse);
    struct pktterm *term = term_new(parse, PKTTERM_NAME);
    term->name = arena_copy(parse->list->arena, parse->at, length);
    if (length > NAME_MAX_BYTES)
        pktexpression_wrong(parse, "a shorter name");
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (strcmp(term->name, constants[i].word) == 0) {
            term->kind = PKTTERM_NUMBER;
            term->number = pktnumber_whole(constants[i].number);
        }
    struct pktexpression before = *parse;
    pktexpression_forward(parse, length);
    pktexpression_blanks(parse);
    if (*parse->at == '(' || *parse->at == '[' || *parse->at == '.') {
        *parse = before;
        pktexpression_unknown(
            parse, *before.at != '\0' ? arena_printf(parse->list->arena, "%s in a code", term->name)
                                      : "a call in a code");
    }
    return term;
}

static const struct pktterm *read_bracket(struct pktexpression *parse)
{
    parse->brackets++;
    pktexpression_forward(parse, 1);
    pktexpression_blanks(parse);
    const struct pktterm *term = pktexpression_read(parse);
    parse->brackets--;
    if (!parse->wrong && *parse->at != ')')
        pktexpression_wrong(parse, "')'");
    else if (!parse->wrong)
        pktexpression_forward(parse, 1);
    return term;
}

static const struct pktterm *unary(struct pktexpression *parse);

static const struct pktterm *read_unary(struct pktexpression *parse, enum pktterm_kind kind)
{
    pktexpression_forward(parse, 1);
    pktexpression_blanks(parse);
    return term_of(parse, kind, unary(parse), NULL);
}

static const struct pktterm *unary(struct pktexpression *parse)
{
    const struct pktterm *term = NULL;
    char byte = *parse->at;
    if (++parse->depth > DEPTH_MAX)
        pktexpression_wrong(parse, "what is nested less deeply");
    if (parse->wrong)
        term = term_new(parse, PKTTERM_NUMBER);
    else if (byte == '-' || byte == '~')
        term = read_unary(parse, byte == '-' ? PKTTERM_NEGATIVE : PKTTERM_INVERSE);
    else if (byte == '(')
        term = read_bracket(parse);
    else if ((byte >= '0' && byte <= '9') || (byte == '.' && in_name(parse->at[1])))
        term = read_number(parse);
    else if (pktexpression_name_length(parse) > 0)
        term = read_name(parse);
    else if (byte == '"' || byte == '\'') {
        pktexpression_unknown(parse, "a text in a code");
        term = term_new(parse, PKTTERM_NUMBER);
    } else {
        pktexpression_wrong(parse, "a number, a name or '('");
        term = term_new(parse, PKTTERM_NUMBER);
    }
    parse->depth--;
    pktexpression_blanks(parse);
    return term;
}

static const struct operator
{
    const char *sign;
    enum pktterm_kind kind;
    int binds; /* the larger, the closer */
}
operators[] = {
    /* longer signs before those that they begin with */
    {"//", PKTTERM_FLOORED, 5},   {"<<", PKTTERM_LEFT, 3},     {">>", PKTTERM_RIGHT, 3},
    {"==", PKTTERM_EQUAL, -1},    {"!=", PKTTERM_UNEQUAL, -1}, {"<=", PKTTERM_AT_MOST, -1},
    {">=", PKTTERM_AT_LEAST, -1}, {"<", PKTTERM_LESS, -1},     {">", PKTTERM_MORE, -1},
    {"*", PKTTERM_TIMES, 5},      {"/", PKTTERM_DIVIDED, 5},   {"%", PKTTERM_REST, 5},
    {"+", PKTTERM_PLUS, 4},       {"-", PKTTERM_MINUS, 4},     {"&", PKTTERM_BITS_AND, 2},
    {"^", PKTTERM_BITS_XOR, 1},   {"|", PKTTERM_BITS_OR, 0},
};

/* The operator that stands here, or NULL. */
static const struct operator* operator_at(const struct pktexpression *parse)
{
    const struct operator* found = NULL;
    for (size_t i = 0; i < sizeof operators / sizeof *operators && found == NULL; i++)
        if (strncmp(parse->at, operators[i].sign, strlen(operators[i].sign)) == 0)
            found = &operators[i];
    return found;
}

/* Operands with the operators between them that bind at least so closely. */
static const struct pktterm *arithmetic(struct pktexpression *parse, int binds)
{
    const struct pktterm *left = unary(parse);
    const struct operator* found = operator_at(parse);
    while (!parse->wrong && found != NULL && found->binds >= binds && found->binds >= 0) {
        pktexpression_forward(parse, strlen(found->sign));
        pktexpression_blanks(parse);
        left = term_of(parse, found->kind, left, arithmetic(parse, found->binds + 1));
        found = operator_at(parse);
    }
    return left;
}

/* a < b < c: each holds. */
static const struct pktterm *comparison(struct pktexpression *parse)
{
    const struct pktterm *operand = arithmetic(parse, 0);
    const struct pktterm *all = NULL;
    const struct operator* found = operator_at(parse);
    while (!parse->wrong && found != NULL && found->binds < 0) {
        pktexpression_forward(parse, strlen(found->sign));
        pktexpression_blanks(parse);
        const struct pktterm *next = arithmetic(parse, 0);
        const struct pktterm *one = term_of(parse, found->kind, operand, next);
        all = all != NULL ? term_of(parse, PKTTERM_CHAIN, all, one) : one;
        operand = next;
        found = operator_at(parse);
    }
    return all != NULL ? all : operand;
}

static const struct pktterm *negation(struct pktexpression *parse)
{
    struct mark mark = parse->mark;
    int nots = 0;
    while (pktexpression_takes_word(parse, "not"))
        nots++;
    const struct pktterm *term = comparison(parse);
    if (nots > 0 && !parse->wrong) {
        struct pktterm *one = term_of(parse, PKTTERM_NOT, term, NULL);
        one->mark = mark;
        term = nots % 2 == 1 ? one : term_of(parse, PKTTERM_NOT, one, NULL);
    }
    return term;
}

static const struct pktterm *conjunction(struct pktexpression *parse)
{
    const struct pktterm *left = negation(parse);
    while (!parse->wrong && pktexpression_takes_word(parse, "and"))
        left = term_of(parse, PKTTERM_AND, left, negation(parse));
    return left;
}

const struct pktterm *pktexpression_read(struct pktexpression *parse)
{
    if (++parse->depth > DEPTH_MAX)
        pktexpression_wrong(parse, "what is nested less deeply");
    const struct pktterm *left = conjunction(parse);
    while (!parse->wrong && pktexpression_takes_word(parse, "or"))
        left = term_of(parse, PKTTERM_OR, left, conjunction(parse));
    parse->depth--;
    return left;
}
