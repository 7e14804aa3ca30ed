/* SPDX-License-Identifier: MIT */
#include "case/row.h"

#include "case/remark.h"
#include "case/shape.h"

#include <ctype.h>
#include <string.h>
#include <sys/socket.h>

enum { NAME_MAX_LENGTH = 80, NAME_WEIGHT = 256 };

static bool is_parameter(const struct node *member)
{
    return strcmp(member->key, "id") != 0 && strcmp(member->key, "family") != 0;
}

/* --- names --------------------------------------------------------------------------------- */

/* Text as part of a name: what a shell or a pytest id would trip over becomes '_'. */
static char *tidy(struct arena *arena, const char *text)
{
    size_t length = strnlen(text, NAME_MAX_LENGTH);
    char *name = arena_copy(arena, text, length);
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)name[i]) && strchr("._+-", name[i]) == NULL)
            name[i] = '_';
    return length == 0 ? arena_copy(arena, "empty", 5) : name;
}

static const char *value_name(struct arena *arena, const struct node *value)
{
    char *name = NULL;
    if (value->kind == NODE_SCALAR)
        return tidy(arena, value->text);
    if (value->kind == NODE_MAP)
        return node_weight(value, NAME_WEIGHT) < NAME_WEIGHT ? tidy(arena, node_print(arena, value))
                                                             : "large";
    for (const struct node *one = value->first;
         one != NULL && (name == NULL || strlen(name) < NAME_MAX_LENGTH); one = one->next) {
        const char *part = value_name(arena, one);
        name = name == NULL ? arena_copy(arena, part, strlen(part))
                            : arena_printf(arena, "%s+%s", name, part);
    }
    return name == NULL ? "none" : name;
}

static const char *joined_name(struct arena *arena, const struct node *values)
{
    const char *name = "";
    for (const struct node *one = values->first; one != NULL; one = one->next)
        if (is_parameter(one))
            name = arena_printf(arena, "%s%s%s", name, *name != '\0' ? "-" : "",
                                value_name(arena, one));
    return tidy(arena, name);
}

/* --- tables -------------------------------------------------------------------------------- */

static int family_of(struct complaints *list, const struct node *family)
{
    if (family == NULL)
        return 0;
    if (!node_is(family, "inet") && !node_is(family, "inet6"))
        complain(list, family->mark, remark_width(family), CODE_BAD_VALUE, NULL,
                 "'family' takes inet or inet6");
    return node_is(family, "inet6") ? AF_INET6 : AF_INET;
}

static bool check_id(struct complaints *list, const struct node *id)
{
    bool good = id->kind == NODE_SCALAR && id->length > 0;
    for (size_t i = 0; i < id->length && good; i++)
        good = isalnum((unsigned char)id->text[i]) || strchr("._+-", id->text[i]) != NULL;
    good = good && strlen(id->text) == id->length;
    if (!good)
        complain(list, id->mark, remark_width(id), CODE_BAD_VALUE, NULL,
                 "'id' takes a name (letters, digits, '.', '_', '+' and '-')");
    return good;
}

static void check_same_keys(struct rows *rows, struct complaints *list, const struct node *first,
                            const struct node *row)
{
    for (const struct node *one = row->first; one != NULL; one = one->next) {
        if (node_get(first, one->key) != NULL)
            continue;
        rows->broken = true;
        complain(list, one->key_mark, (int)strlen(one->key), CODE_UNEQUAL_ROWS, NULL,
                 "the first row has no key '%s': the rows of a table have equal keys", one->key);
    }
    for (const struct node *one = first->first; one != NULL; one = one->next) {
        if (node_get(row, one->key) != NULL)
            continue;
        rows->broken = true;
        complain(list, row->mark, 1, CODE_UNEQUAL_ROWS, NULL,
                 "this row lacks '%s': the rows of a table have equal keys", one->key);
    }
}

static void read_row(struct rows *rows, struct complaints *list, const struct node *node)
{
    const struct node *id = node_get(node, "id");
    const struct node *family = node_get(node, "family");
    struct row *row = &rows->row[rows->count++];
    row->mark = node->mark;
    row->values = node;
    row->family = family_of(list, family);
    if (id != NULL && check_id(list, id))
        row->name = id->text;
    else
        row->name = row->family != 0 ? "" : joined_name(list->arena, node);
}

static void read_table(struct rows *rows, struct complaints *list, const struct node *table)
{
    rows->row = arena_alloc(list->arena, table->count * sizeof *rows->row);
    for (const struct node *one = table->first; one != NULL; one = one->next) {
        if (one->kind != NODE_MAP || one->count == 0 || one->count > ROW_KEYS_MAX) {
            rows->broken = true;
            complain(list, one->mark, remark_width(one), CODE_BAD_VALUE, NULL,
                     "a row of 'variants' is a mapping of 1 to %d parameters", ROW_KEYS_MAX);
            continue;
        }
        read_row(rows, list, one);
        check_same_keys(rows, list, rows->row[0].values, one);
    }
}

/* --- products ------------------------------------------------------------------------------ */

/* How many combinations; 0 after a complaint. */
static size_t combinations(struct complaints *list, const struct node *product)
{
    size_t count = product->count > ROW_KEYS_MAX ? 0 : 1;
    for (const struct node *one = product->first; one != NULL; one = one->next) {
        bool good = one->kind == NODE_LIST && one->count > 0;
        if (!good)
            complain(list, one->mark, remark_width(one), CODE_BAD_VALUE, NULL,
                     "'%s' takes a list of values: variants are their combinations", one->key);
        count = good && count <= ROWS_MAX ? count * one->count : 0;
    }
    return count;
}

static const struct node *member_at(const struct node *list, size_t number)
{
    const struct node *one = list->first;
    for (; number > 0; number--)
        one = one->next;
    return one;
}

/* Combination number: the last list turns fastest, as in a person's table. */
static struct node *combine(struct complaints *list, const struct node *product, size_t number,
                            size_t all)
{
    struct node *values = arena_alloc(list->arena, sizeof *values);
    struct node **end = &values->first;
    values->kind = NODE_MAP;
    values->mark = product->mark;
    for (const struct node *one = product->first; one != NULL; one = one->next) {
        all /= one->count;
        struct node *copy = arena_alloc(list->arena, sizeof *copy);
        *copy = *member_at(one, number / all % one->count);
        copy->next = NULL;
        copy->key = one->key;
        copy->key_mark = one->key_mark;
        *end = copy;
        end = &copy->next;
        values->count++;
    }
    return values;
}

static void read_product(struct rows *rows, struct complaints *list, const struct node *product)
{
    size_t count = combinations(list, product);
    rows->broken = count == 0;
    if (count > ROWS_MAX) {
        complain(list, product->mark, 1, CODE_TOO_MANY_VARIANTS, NULL,
                 "%zu combinations: a case has at most %d variants", count, ROWS_MAX);
        rows->broken = true;
        count = 0;
    }
    rows->row = arena_alloc(list->arena, (count + 1) * sizeof *rows->row);
    for (size_t i = 0; i < count; i++) {
        struct row *row = &rows->row[rows->count++];
        row->mark = product->mark;
        row->values = combine(list, product, i, count);
        row->family = family_of(list, node_get(row->values, "family"));
        row->name = joined_name(list->arena, row->values);
    }
}

/* --- all ----------------------------------------------------------------------------------- */

static void one_row(struct rows *rows, struct complaints *list)
{
    rows->row = arena_alloc(list->arena, sizeof *rows->row);
    rows->row->name = "";
    rows->count = 1;
}

void rows_read(struct rows *rows, struct complaints *list, const struct node *variants)
{
    memset(rows, 0, sizeof *rows);
    bool table = variants != NULL && variants->kind == NODE_LIST;
    if (variants != NULL && (variants->kind == NODE_SCALAR || variants->count == 0 ||
                             (table && variants->count > ROWS_MAX))) {
        complain(list, variants->mark, remark_width(variants), CODE_BAD_VALUE, NULL,
                 "'variants' takes a table (a list of 1 to %d rows) or a product (a mapping of "
                 "lists)",
                 ROWS_MAX);
        rows->broken = true;
    } else if (table) {
        read_table(rows, list, variants);
    } else if (variants != NULL) {
        read_product(rows, list, variants);
    }
    if (rows->count == 0)
        one_row(rows, list);
}

const struct node *rows_value(struct rows *rows, const struct row *row, const char *name)
{
    const struct node *found = NULL;
    size_t place = 0;
    if (row->values == NULL)
        return NULL;
    for (const struct node *one = rows->row[0].values->first; one != NULL; one = one->next) {
        if (place < ROW_KEYS_MAX && is_parameter(one) && strcmp(one->key, name) == 0)
            rows->used[place] = true;
        place++;
    }
    for (const struct node *one = row->values->first; one != NULL && found == NULL; one = one->next)
        if (is_parameter(one) && strcmp(one->key, name) == 0)
            found = one;
    return found;
}

void rows_check_used(const struct rows *rows, struct complaints *list)
{
    size_t place = 0;
    const struct node *first = rows->row[0].values;
    for (const struct node *one = first != NULL ? first->first : NULL; one != NULL && !rows->broken;
         one = one->next, place++)
        if (place < ROW_KEYS_MAX && is_parameter(one) && !rows->used[place])
            complain(list, one->key_mark, (int)strlen(one->key), CODE_UNUSED_PARAMETER,
                     arena_printf(list->arena, "use it as $%s, or leave it out", one->key),
                     "the parameter '%s' is never used", one->key);
}
