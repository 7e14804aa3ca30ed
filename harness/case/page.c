/* SPDX-License-Identifier: MIT */
#include "case/page.h"

#include "case/example.h"

#include <ctype.h>
#include <string.h>

/* --- lessons ------------------------------------------------------------------------------- */

static void miss(struct page *page, const char *name, const char *what)
{
    fprintf(stderr, "sockproof: '%s' has no %s in its table\n", name, what);
    page->missing++;
}

void page_sentence(struct page *page, const char *name, const char *sentence)
{
    if (sentence == NULL)
        miss(page, name, "sentence");
    else
        fprintf(page->out, "%s\n\n", sentence);
}

void page_example(struct page *page, const char *name, const char *example)
{
    if (example == NULL) {
        miss(page, name, "example");
        return;
    }
    fputs("```yaml\n", page->out);
    example_write(page->out, example);
    fputs("```\n\n", page->out);
}

/* --- what stands in a place ---------------------------------------------------------------- */

static const char *title_of(const struct shape *shape)
{
    return shape->definition != NULL ? shape->definition : shape->noun;
}

/* A heading's anchor, as GitHub makes it. */
static void print_anchor(FILE *out, const char *heading)
{
    for (; *heading != '\0'; heading++)
        if (isalnum((unsigned char)*heading) || *heading == '-' || *heading == '_')
            fputc(tolower((unsigned char)*heading), out);
        else if (*heading == ' ')
            fputc('-', out);
}

static void print_link(struct page *page, const char *text, const char *heading)
{
    fprintf(page->out, "[%s](#", text);
    print_anchor(page->out, heading);
    fputc(')', page->out);
}

/* The shape gets a section, once. */
static void speak_of(struct page *page, const struct shape *shape)
{
    bool known = false;
    for (size_t i = 0; i < page->spoken; i++)
        known = known || page->shapes[i] == shape;
    if (!known && page->spoken < PAGE_SHAPES)
        page->shapes[page->spoken++] = shape;
}

static void print_section_link(struct page *page, const struct shape *shape)
{
    speak_of(page, shape);
    print_link(page, title_of(shape), title_of(shape));
}

enum { WORDS_IN_A_CELL = 12 };

static void print_words(struct page *page, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        fprintf(page->out, "%s`%s`", i == 0 ? "" : ", ", words[i]);
}

static size_t count_words(const char *const *words)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    return count;
}

static bool is_long(const struct shape *shape)
{
    return count_words(shape->words) > WORDS_IN_A_CELL;
}

/* True when more is to be said than the shape's noun. */
static bool leads_further(const struct shape *shape)
{
    bool leads = shape->kind == SHAPE_CONSTANT || shape->kind == SHAPE_FLAGS ||
                 shape->kind == SHAPE_OPTION || shape->kind == SHAPE_MAP ||
                 shape->kind == SHAPE_MATCH || (shape->kind == SHAPE_WORD && is_long(shape));
    if (shape->kind == SHAPE_LIST || shape->kind == SHAPE_DICT)
        leads = leads_further(shape->of);
    if (shape->kind == SHAPE_EITHER)
        for (const struct shape *const *one = shape->either; *one != NULL; one++)
            leads = leads || leads_further(*one);
    return leads;
}

static void takes_word(struct page *page, const struct shape *shape)
{
    if (is_long(shape))
        print_section_link(page, shape);
    else
        print_words(page, shape->words);
}

static void takes_list(struct page *page, const struct shape *shape)
{
    fputs(shape->noun, page->out);
    if (shape->words != NULL) {
        fputs(", of ", page->out);
        print_words(page, shape->words);
    }
    if (shape->keyed) {
        fputs(", of ", page->out);
        print_link(page, "these", constant_group_title(shape->group));
    }
    if (leads_further(shape->of)) {
        fputs("; each is ", page->out);
        page_takes(page, shape->of);
    }
}

static void takes_either(struct page *page, const struct shape *shape)
{
    if (!leads_further(shape)) {
        fputs(shape->noun, page->out);
        return;
    }
    if (shape->definition != NULL) {
        print_section_link(page, shape);
        return;
    }
    for (const struct shape *const *one = shape->either; *one != NULL; one++) {
        fputs(one == shape->either ? "" : ", or ", page->out);
        page_takes(page, *one);
    }
}

static void takes_match(struct page *page, const struct shape *shape)
{
    static const struct {
        unsigned kind;
        const char *word;
    } kinds[] = {{MATCH_ORDER, "order"}, {MATCH_BYTES, "bytes"}, {MATCH_SET, "set"}};
    page_takes(page, shape->of);
    fputs(", or a ", page->out);
    print_link(page, "matcher", "Matchers");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (shape->matchers == kinds[i].kind)
            fprintf(page->out, " (%s)", kinds[i].word);
}

void page_takes(struct page *page, const struct shape *shape)
{
    switch (shape->kind) {
    case SHAPE_ANY:
    case SHAPE_TEXT:
    case SHAPE_NAME:
    case SHAPE_HEX:
    case SHAPE_ACTOR:
    case SHAPE_INTEGER:
    case SHAPE_SIZE:
    case SHAPE_TIME:
    case SHAPE_RATIO:
        fputs(shape->noun, page->out);
        break;
    case SHAPE_WORD:
        takes_word(page, shape);
        break;
    case SHAPE_CONSTANT:
    case SHAPE_FLAGS:
        print_link(page, shape->noun, constant_group_title(shape->group));
        break;
    case SHAPE_OPTION:
        print_link(page, shape->noun, "Socket options");
        break;
    case SHAPE_LIST:
    case SHAPE_DICT:
        takes_list(page, shape);
        break;
    case SHAPE_MAP:
        print_section_link(page, shape);
        break;
    case SHAPE_EITHER:
        takes_either(page, shape);
        break;
    case SHAPE_MATCH:
        takes_match(page, shape);
        break;
    }
}

/* --- tables and sections ------------------------------------------------------------------- */

void page_members(struct page *page, const struct shape_member *members)
{
    fputs("| key | takes | |\n|---|---|---|\n", page->out);
    for (; members->name != NULL; members++) {
        fprintf(page->out, "| `%s`%s | ", members->name, members->required ? " (needed)" : "");
        page_takes(page, members->shape);
        if (members->sentence == NULL)
            miss(page, members->name, "sentence");
        fprintf(page->out, " | %s |\n", members->sentence != NULL ? members->sentence : "");
    }
    fputc('\n', page->out);
}

/* The alternatives; a mapping among them that has no name of its own is shown in place. */
static void explain_either(struct page *page, const struct shape *shape)
{
    fputs("One of\n\n", page->out);
    for (const struct shape *const *one = shape->either; *one != NULL; one++) {
        bool inside = (*one)->kind == SHAPE_MAP && (*one)->definition == NULL;
        fputs("* ", page->out);
        if (inside)
            fprintf(page->out, "a mapping: %s", (*one)->noun);
        else
            page_takes(page, *one);
        fputc('\n', page->out);
    }
    fputc('\n', page->out);
    for (const struct shape *const *one = shape->either; *one != NULL; one++)
        if ((*one)->kind == SHAPE_MAP && (*one)->definition == NULL)
            page_members(page, (*one)->members);
}

static void explain(struct page *page, const struct shape *shape)
{
    fprintf(page->out, "### %s\n\n", title_of(shape));
    if (shape->lesson.sentence != NULL) {
        page_sentence(page, title_of(shape), shape->lesson.sentence);
        page_example(page, title_of(shape), shape->lesson.example);
    }
    if (shape->kind == SHAPE_EITHER) {
        explain_either(page, shape);
    } else if (shape->kind == SHAPE_MAP) {
        fprintf(page->out, "%s%s.\n\n",
                shape->one ? "Exactly one of these keys: " : "A mapping: ", shape->noun);
        page_members(page, shape->members);
    } else {
        print_words(page, shape->words);
        fputs("\n\n", page->out);
    }
}

void page_explain(struct page *page)
{
    while (page->explained < page->spoken)
        explain(page, page->shapes[page->explained++]);
}
