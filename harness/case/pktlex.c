/* SPDX-License-Identifier: MIT */
#include "case/pktlex.h"

#include <string.h>

enum { MICRO_DIGITS = 6 };

static const char *end_of(const struct pktlex *lex)
{
    return lex->list->text + lex->list->length;
}

static char byte_at(const struct pktlex *lex, size_t ahead)
{
    return (char)((size_t)(end_of(lex) - lex->at) > ahead ? lex->at[ahead] : '\0');
}

static bool starts(const struct pktlex *lex, const char *what)
{
    size_t length = strlen(what);
    return (size_t)(end_of(lex) - lex->at) >= length && memcmp(lex->at, what, length) == 0;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == '\f' ||
           byte == '\v';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static int hex_digit(char byte)
{
    const char *digits = "0123456789abcdef";
    char low = (char)(byte >= 'A' && byte <= 'F' ? byte - 'A' + 'a' : byte);
    const char *found = byte != '\0' ? strchr(digits, low) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

static bool in_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           is_digit(byte);
}

/* Past one byte. */
static void step(struct pktlex *lex)
{
    unsigned char byte = (unsigned char)*lex->at++;
    if (byte == '\n') {
        lex->mark = (struct mark){lex->mark.line + 1, 1};
        lex->first = true;
    } else if ((byte & 0xc0) != 0x80) {
        lex->mark.column++;
    }
}

static void steps(struct pktlex *lex, size_t count)
{
    while (count-- > 0 && lex->at < end_of(lex))
        step(lex);
}

static void to_end(struct pktlex *lex)
{
    lex->at = end_of(lex);
}

bool pktlex_begin(struct pktlex *lex, struct complaints *list)
{
    *lex = (struct pktlex){.list = list, .at = list->text, .mark = {1, 1}, .first = true};
    const char *nul = list->length > 0 ? memchr(list->text, '\0', list->length) : NULL;
    for (; nul != NULL && lex->at < nul; step(lex))
        continue;
    if (nul != NULL)
        complain(list, lex->mark, 1, CODE_SYNTAX, NULL,
                 "no script: a byte of zero stands here, and a script is text");
    else
        steps(lex, starts(lex, "\xef\xbb\xbf") ? 3 : 0);
    if (nul == NULL)
        lex->mark = (struct mark){1, 1};
    return nul == NULL;
}

/* --- blanks and comments ------------------------------------------------------------------- */

static void open_ended(struct pktlex *lex, struct mark mark, int width, const char *what,
                       const char *closed_by)
{
    complain(lex->list, mark, width, CODE_SYNTAX,
             arena_printf(lex->list->arena, "expected %s", closed_by),
             "%s that begins here is never closed", what);
    to_end(lex);
}

/* Past all up to and with what; false at the end of the file. */
static bool skip_through(struct pktlex *lex, const char *what)
{
    while (lex->at < end_of(lex) && !starts(lex, what))
        step(lex);
    bool found = lex->at < end_of(lex);
    steps(lex, strlen(what));
    return found;
}

static void skip_line(struct pktlex *lex)
{
    while (lex->at < end_of(lex) && *lex->at != '\n')
        step(lex);
}

static void skip_blanks(struct pktlex *lex)
{
    bool skipped = true;
    while (skipped && lex->at < end_of(lex)) {
        struct mark mark = lex->mark;
        if (is_blank(*lex->at))
            step(lex);
        else if (*lex->at == '#' || starts(lex, "//"))
            skip_line(lex);
        else if (!starts(lex, "/*"))
            skipped = false;
        else if (!skip_through(lex, "*/"))
            open_ended(lex, mark, 2, "a comment", "*/");
    }
}

/* --- numbers ------------------------------------------------------------------------------- */

static uint64_t with_digit(uint64_t number, unsigned base, unsigned digit)
{
    return number > (UINT64_MAX - digit) / base ? UINT64_MAX : number * base + digit;
}

static void read_hex(struct pktlex *lex, struct pkt_word *word)
{
    word->kind = PKT_NUMBER;
    for (steps(lex, 2); hex_digit(byte_at(lex, 0)) >= 0; step(lex))
        word->number = with_digit(word->number, 16, (unsigned)hex_digit(*lex->at));
}

/* "1", ".1", "0.25"; the point of "0...1" is none of the number's. */
static void read_number(struct pktlex *lex, struct pkt_word *word)
{
    int places = 0;
    word->kind = PKT_NUMBER;
    for (; is_digit(byte_at(lex, 0)); step(lex))
        word->number = with_digit(word->number, 10, (unsigned)(*lex->at - '0'));
    if (byte_at(lex, 0) != '.' || !is_digit(byte_at(lex, 1)))
        return;
    word->kind = PKT_DECIMAL;
    for (step(lex); is_digit(byte_at(lex, 0)); step(lex))
        if (places++ < MICRO_DIGITS)
            word->number = with_digit(word->number, 10, (unsigned)(*lex->at - '0'));
    for (; places < MICRO_DIGITS; places++)
        word->number = with_digit(word->number, 10, 0);
}

/* --- what stands in quotes ------------------------------------------------------------------ */

/* The byte of the escape at lex->at, which stands behind a backslash; moves past it. */
static char escaped(struct pktlex *lex)
{
    static const char letters[] = "nrt0abfv", bytes[] = "\n\r\t\0\a\b\f\v";
    char letter = byte_at(lex, 0);
    const char *known = letter != '\0' ? strchr(letters, letter) : NULL;
    bool hex = letter == 'x' && hex_digit(byte_at(lex, 1)) >= 0 && hex_digit(byte_at(lex, 2)) >= 0;
    char byte = letter;
    if (known != NULL)
        byte = bytes[known - letters];
    if (hex)
        byte = (char)((unsigned)hex_digit(byte_at(lex, 1)) << 4 |
                      (unsigned)hex_digit(byte_at(lex, 2)));
    steps(lex, hex ? 3 : 1);
    return byte;
}

static void read_text(struct pktlex *lex, struct pkt_word *word)
{
    word->kind = PKT_TEXT;
    step(lex);
    word->inside = lex->mark;
    size_t room = (size_t)(end_of(lex) - lex->at);
    const char *close = lex->at;
    while (close < end_of(lex) && *close != '"' && *close != '\n')
        close += *close == '\\' && close + 1 < end_of(lex) ? 2 : 1;
    if (close < end_of(lex))
        room = (size_t)(close - lex->at);
    char *text = arena_alloc(lex->list->arena, room + 1);
    while (lex->at < close && lex->at < end_of(lex)) {
        char byte = *lex->at;
        step(lex);
        text[word->length++] = (char)(byte == '\\' ? escaped(lex) : byte);
    }
    word->text = text;
    if (byte_at(lex, 0) == '"')
        step(lex);
    else
        open_ended(lex, word->mark, 1, "a text", "\" before the end of the line");
}

/* What stands between two marks, as it is. */
static void read_between(struct pktlex *lex, struct pkt_word *word, const char *open,
                         const char *close, const char *what)
{
    steps(lex, strlen(open));
    word->inside = lex->mark;
    const char *from = lex->at;
    if (!skip_through(lex, close)) {
        open_ended(lex, word->mark, (int)strlen(open), what, close);
        word->kind = PKT_END;
    } else {
        word->length = (size_t)(lex->at - from) - strlen(close);
        word->text = arena_copy(lex->list->arena, from, word->length);
    }
}

/* --- words --------------------------------------------------------------------------------- */

static void read_option(struct pktlex *lex, struct pkt_word *word)
{
    word->kind = PKT_OPTION;
    steps(lex, 2);
    word->inside = lex->mark;
    const char *from = lex->at;
    while (lex->at < end_of(lex) && !is_blank(*lex->at))
        step(lex);
    word->length = (size_t)(lex->at - from);
    word->text = arena_copy(lex->list->arena, from, word->length);
}

static void read_name(struct pktlex *lex, struct pkt_word *word)
{
    word->kind = PKT_NAME;
    while (in_name(byte_at(lex, 0)))
        step(lex);
}

static void read_word(struct pktlex *lex, struct pkt_word *word)
{
    char byte = *lex->at;
    if (starts(lex, "--") && in_name(byte_at(lex, 2)))
        read_option(lex, word);
    else if (starts(lex, "0x") && hex_digit(byte_at(lex, 2)) >= 0)
        read_hex(lex, word);
    else if (is_digit(byte) || (byte == '.' && is_digit(byte_at(lex, 1))))
        read_number(lex, word);
    else if (in_name(byte))
        read_name(lex, word);
    else if (byte == '"')
        read_text(lex, word);
    else if (byte == '`') {
        word->kind = PKT_COMMAND;
        read_between(lex, word, "`", "`", "a command");
    } else if (starts(lex, "%{")) {
        word->kind = PKT_CODE;
        read_between(lex, word, "%{", "}%", "a code");
    } else {
        word->kind = starts(lex, "...") ? PKT_ELLIPSIS : PKT_SIGN;
        steps(lex, word->kind == PKT_ELLIPSIS ? 3 : 1);
        while (((unsigned char)byte_at(lex, 0) & 0xc0) == 0x80)
            step(lex);
    }
}

static struct pkt_word begin_word(const struct pktlex *lex)
{
    return (struct pkt_word){.kind = PKT_END,
                             .mark = lex->mark,
                             .inside = lex->mark,
                             .width = 1,
                             .first = lex->first,
                             .text = "",
                             .from = lex->at};
}

static void end_word(struct pktlex *lex, struct pkt_word *word)
{
    if (*word->text == '\0' && word->length == 0 && word->kind != PKT_TEXT) {
        word->length = (size_t)(lex->at - word->from);
        word->text = arena_copy(lex->list->arena, word->from, word->length);
    }
    if (lex->mark.line == word->mark.line)
        word->width = lex->mark.column - word->mark.column;
}

struct pkt_word pktlex_next(struct pktlex *lex)
{
    skip_blanks(lex);
    struct pkt_word word = begin_word(lex);
    if (lex->at >= end_of(lex))
        return word;
    lex->first = false;
    read_word(lex, &word);
    if (word.kind != PKT_END)
        end_word(lex, &word);
    return word;
}

struct pkt_word pktlex_again(struct pktlex *lex, const struct pkt_word *from, const char *stops)
{
    lex->at = from->from;
    lex->mark = from->mark;
    lex->first = from->first;
    struct pkt_word word = begin_word(lex);
    lex->first = false;
    word.kind = PKT_NAME;
    while (lex->at < end_of(lex) && !is_blank(*lex->at) && strchr(stops, *lex->at) == NULL)
        step(lex);
    end_word(lex, &word);
    return word;
}
