/* SPDX-License-Identifier: MIT */
#include "case/complaint.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Beyond this a reader has seen enough; it bounds the work on hostile files, too. */
enum { COMPLAINTS_MAX = 100, MESSAGE_MAX = 512, LINE_MAX_SHOWN = 240, WORD_MAX = 64 };

static bool is_known(const struct complaints *list, struct mark mark, const char *message)
{
    bool known = false;
    for (const struct complaint *one = list->first; one != NULL && !known; one = one->next)
        known = one->mark.line == mark.line && one->mark.column == mark.column &&
                strcmp(one->message, message) == 0;
    return known;
}

static bool is_before(struct mark a, struct mark b)
{
    return a.line != b.line ? a.line < b.line : a.column < b.column;
}

/* Keeps the list sorted; complaints about one place stay in the order in which they came. */
static void insert(struct complaints *list, struct complaint *complaint)
{
    struct complaint **place = &list->first;
    while (*place != NULL && !is_before(complaint->mark, (*place)->mark))
        place = &(*place)->next;
    complaint->next = *place;
    *place = complaint;
    list->count++;
}

bool complaints_full(const struct complaints *list)
{
    return list->count >= COMPLAINTS_MAX;
}

/* A copy without what a terminal would act on: words of the file may hold anything. */
static char *printable(struct arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text, strlen(text));
    for (char *at = copy; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    return copy;
}

void complain(struct complaints *list, struct mark mark, int width, enum code code,
              const char *advice, const char *format, ...)
{
    char text[MESSAGE_MAX];
    va_list arguments;
    if (complaints_full(list))
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *message = printable(list->arena, text);
    if (is_known(list, mark, message))
        return;
    struct complaint *complaint = arena_alloc(list->arena, sizeof *complaint);
    complaint->file = list->file;
    complaint->mark = mark;
    complaint->width = width < 1 ? 1 : width;
    complaint->code = code;
    complaint->message = message;
    if (advice != NULL)
        complaint->advice = printable(list->arena, advice);
    insert(list, complaint);
}

/* --- printing ------------------------------------------------------------------------------ */

/* The line of that number in the text, without its end; NULL when there is none. */
static const char *line_at(const struct complaints *list, int number, size_t *length)
{
    const char *at = list->text;
    const char *end = at != NULL ? at + list->length : NULL;
    for (int line = 1; at != NULL && line < number; line++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at != NULL ? at + 1 : NULL;
    }
    if (at == NULL || at >= end)
        return NULL;
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *length = (size_t)((stop != NULL ? stop : end) - at);
    if (*length > 0 && at[*length - 1] == '\r')
        (*length)--;
    return at;
}

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* The line as it stands, up to a bound; what a terminal would act on is shown as '?'. */
static int print_line(const char *line, size_t length, FILE *out)
{
    int characters = 0;
    for (size_t i = 0; i < length && characters < LINE_MAX_SHOWN; i++) {
        unsigned char byte = (unsigned char)line[i];
        fputc((byte < 0x20 && byte != '\t') || byte == 0x7f ? '?' : byte, out);
        if (i + 1 == length || !continues(line[i + 1]))
            characters++;
    }
    fputc('\n', out);
    return characters;
}

/* Blanks up to column; tabs stay tabs, so that the carets stand below what they mean. */
static void print_indent(const char *line, size_t length, int column, FILE *out)
{
    size_t at = 0;
    for (int i = 1; i < column; i++) {
        fputc(at < length && line[at] == '\t' ? '\t' : ' ', out);
        for (at++; at < length && continues(line[at]); at++)
            continue;
    }
}

static void print_quote(const struct complaints *list, const struct complaint *one, FILE *out)
{
    size_t length = 0;
    const char *line = line_at(list, one->mark.line, &length);
    if (line == NULL)
        return;
    fprintf(out, "%4d | ", one->mark.line);
    int characters = print_line(line, length, out);
    if (one->mark.column > characters + 1)
        return;
    int room = characters - one->mark.column + 1;
    int width = one->width > room ? room : one->width;
    fputs("     | ", out);
    print_indent(line, length, one->mark.column, out);
    do
        fputc('^', out);
    while (--width > 0);
    fputc('\n', out);
}

static void print_one(const struct complaints *list, const struct complaint *one, FILE *out)
{
    fprintf(out, "%s:%d:%d: %s[%s]: %s\n", one->file, one->mark.line, one->mark.column,
            list->remarks ? "remark" : "error", code_word(one->code), one->message);
    print_quote(list, one, out);
    if (one->advice != NULL)
        fprintf(out, "     = %s\n", one->advice);
}

void complaints_print(const struct complaints *list, FILE *out)
{
    for (const struct complaint *one = list->first; one != NULL; one = one->next)
        print_one(list, one, out);
}

/* What a file holds may be no UTF-8, which JSON is: then only ASCII is left of it. */
static json_t *string_of(struct arena *arena, const char *text)
{
    json_t *string = json_string(text);
    if (string != NULL)
        return string;
    char *copy = arena_copy(arena, text, strlen(text));
    for (char *at = copy; *at != '\0'; at++)
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    return json_string(copy);
}

static json_t *caret_form(const struct complaints *list, const struct complaint *one)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return json_null();
    print_one(list, one, out);
    fclose(out);
    json_t *string = string_of(list->arena, text);
    free(text);
    return string;
}

static json_t *notes_of(const struct complaints *list, const struct complaint *one)
{
    json_t *notes = json_array();
    if (one->advice != NULL)
        json_array_append_new(notes, string_of(list->arena, one->advice));
    return notes;
}

void complaints_print_json(const struct complaints *list, FILE *out)
{
    for (const struct complaint *one = list->first; one != NULL; one = one->next) {
        json_t *json =
            json_pack("{s:s, s:o, s:i, s:i, s:o, s:o, s:o}", "complaint", code_word(one->code),
                      "file", string_of(list->arena, one->file), "line", one->mark.line, "column",
                      one->mark.column, "said", string_of(list->arena, one->message), "notes",
                      notes_of(list, one), "text", caret_form(list, one));
        json_dumpf(json, out, JSON_COMPACT);
        fputc('\n', out);
        json_decref(json);
    }
}

/* --- did you mean -------------------------------------------------------------------------- */

static int least(int a, int b, int c)
{
    int smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

/* Damerau-Levenshtein (a swap of neighbours counts one); both words at most WORD_MAX long. */
static int distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= a_length; i++) {
        int *row = rows[i % 3];
        const int *above = rows[(i + 2) % 3];
        const int *before = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1, row[j]);
        }
    }
    return rows[a_length % 3][b_length];
}

static bool equal_but_case(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

const char *suggest(const char *word, const char *const *names)
{
    size_t length = strlen(word);
    int nearest = (int)(length < 3 ? 1 : length < 6 ? 2 : 3);
    const char *found = NULL;
    if (length == 0 || length > WORD_MAX)
        return NULL;
    for (; *names != NULL; names++) {
        size_t other = strlen(*names);
        if (equal_but_case(word, *names))
            return *names;
        if (other > WORD_MAX || (size_t)nearest >= (length > other ? length : other))
            continue;
        int far = distance(word, length, *names, other);
        if (far < nearest || (far == nearest && found == NULL)) {
            nearest = far;
            found = *names;
        }
    }
    return found;
}
