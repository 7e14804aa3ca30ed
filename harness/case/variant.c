/* SPDX-License-Identifier: MIT */
#include "case/variant.h"

#include "case/carried.h"
#include "case/check.h"
#include "case/excess.h"
#include "case/faultshape.h"
#include "case/fill.h"
#include "case/peercheck.h"
#include "case/possible.h"
#include "case/remark.h"
#include "case/row.h"
#include "case/topshape.h"

#include <string.h>
#include <sys/socket.h>

/* What the variants of one case may weigh together (node_weight), and its text once for each of
   them. No case of a person comes near; it bounds what a hostile one costs. */
enum { WEIGHT_MAX = 1000000 };

/* One expansion: what all variants of a file share. */
struct expansion {
    struct casefile *file;
    const struct node *root;
    const struct node *faults; /* NULL when their shape is wrong */
    const struct node *expect;
    struct rows rows;
    size_t weight; /* of the variants so far */
};

/* --- families ------------------------------------------------------------------------------ */

static bool has_family(const struct node *root, const char *name)
{
    const struct node *family = node_get(root, "family");
    bool has = family == NULL || node_is(family, name);
    for (const struct node *one = family != NULL ? family->first : NULL; one != NULL && !has;
         one = one->next)
        has = node_is(one, name);
    return has;
}

static const char *family_name(int family)
{
    return family == AF_INET6 ? "inet6" : "inet";
}

/* --- faults -------------------------------------------------------------------------------- */

bool variant_runs_program(const struct variant *variant, const struct node *actor)
{
    bool found = false;
    for (size_t i = 0; i < variant->step_count && !found; i++)
        found = verb_has(variant->steps[i].verb, VERB_PROGRAM) &&
                (actor == NULL || node_is(actor, variant->steps[i].actor));
    return found;
}

/* What a fault can say of programs alone. */
static void check_program(struct complaints *list, const struct variant *variant,
                          const struct node *fault)
{
    const struct node *by = node_get(fault, "by"), *call = node_get(fault, "call");
    const struct node *allows = node_get(fault, "allows");
    if (by != NULL && !possible_for(call->text, CALLERS_ACTORS) &&
        !variant_runs_program(variant, by))
        complain(list, call->mark, remark_width(call), CODE_NEVER_FIRES, NULL,
                 "only programs call %s, and no step runs one as '%s'", call->text, by->text);
    if (allows != NULL && !variant_runs_program(variant, NULL))
        complain(list, allows->mark, remark_width(allows), CODE_BAD_VALUE, NULL,
                 "'allows' is about how a program ends, and no step runs one");
}

static void read_faults(struct expansion *expansion, struct variant *variant, const struct row *row)
{
    struct casefile *file = expansion->file;
    const struct node *faults = fill(file->arena, expansion->faults, &expansion->rows, row);
    if (faults == NULL)
        return;
    variant->faults = arena_alloc(file->arena, faults->count * sizeof *variant->faults);
    for (const struct node *one = faults->first; one != NULL; one = one->next) {
        if (!shape_check(&file->complaints, one, &faultshape_fault, one->key))
            continue;
        check_program(&file->complaints, variant, one);
        if (node_get(one, "call") != NULL)
            possible_check(&file->complaints, one, POSSIBLE_IN_CASE);
        variant->faults[variant->fault_count++] = (struct fault_node){
            .name = one->key,
            .mark = one->key_mark,
            .wire = node_get(one, "wire"),
            .call = node_get(one, "call"),
            .by = node_get(one, "by"),
            .action = node_get(one, "do"),
            .when = node_get(one, "when"),
            .allows_error = node_get(one, "allows") != NULL,
        };
    }
}

static void check_fired(struct expansion *expansion, const struct variant *variant)
{
    struct complaints *list = &expansion->file->complaints;
    const struct node *faults = node_get(expansion->root, "faults");
    const char *names[65] = {NULL};
    size_t count = 0;
    for (const struct node *one = faults != NULL ? faults->first : NULL; one != NULL && count < 64;
         one = one->next)
        if (one->key != NULL)
            names[count++] = one->key;
    for (const struct node *one = variant->fired != NULL ? variant->fired->first : NULL;
         one != NULL; one = one->next)
        if (node_get(faults, one->key) == NULL)
            complain(list, one->key_mark, (int)strlen(one->key), CODE_UNKNOWN_NAME,
                     remark_advice(list->arena, one->key, names), "no fault is called '%s'",
                     one->key);
}

static const struct node *map_or_null(const struct node *node)
{
    return node != NULL && node->kind == NODE_MAP ? node : NULL;
}

/* A call of the case's own may make a socket of any kind. */
static bool makes_sockets(const struct variant *variant)
{
    bool makes = false;
    for (size_t i = 0; i < variant->step_count && !makes; i++)
        makes = variant->steps[i].verb == verb_get(VERB_socket) ||
                variant->steps[i].verb == verb_get(VERB_socketpair);
    return makes;
}

/* Bytes of a stream have an order, and messages are counted by theirs: of the other nothing is
   known. SCTP has both. */
static void check_ordering(struct complaints *list, const struct variant *variant)
{
    const struct node *ordering = variant->ordering;
    enum transport transport = variant->file->transport;
    if (ordering == NULL || transport == TRANSPORT_SCTP || makes_sockets(variant))
        return;
    if (ordering->kind == NODE_SCALAR && transport != TRANSPORT_TCP)
        complain(list, ordering->mark, remark_width(ordering), CODE_BAD_VALUE,
                 "count them: {reordered: 0}", "messages of %s have no order of a stream",
                 transport_name(transport));
    for (const struct node *one = transport == TRANSPORT_TCP ? ordering->first : NULL; one != NULL;
         one = one->next)
        complain(list, one->key_mark, remark_characters(one->key, strlen(one->key)),
                 CODE_MISPLACED_KEY, "say 'ordering: exact'",
                 "a stream has bytes and no messages: nothing of it is '%s'", one->key);
}

static void read_expect(struct expansion *expansion, struct variant *variant, const struct row *row)
{
    struct casefile *file = expansion->file;
    const struct node *expect = fill(file->arena, expansion->expect, &expansion->rows, row);
    if (expect == NULL)
        return;
    for (const struct shape_member *one = topshape_case.members; one->name != NULL; one++)
        if (strcmp(one->name, "expect") == 0)
            shape_check(&file->complaints, expect, one->shape, "expect");
    variant->delivery = node_get(expect, "delivery");
    variant->ordering = node_get(expect, "ordering");
    variant->fired = map_or_null(node_get(expect, "fired"));
    variant->never = node_get(expect, "never");
    check_fired(expansion, variant);
    check_ordering(&file->complaints, variant);
}

/* --- one variant --------------------------------------------------------------------------- */

/* A reference in faults or expect that no parameter filled in: saved values are those of steps. */
static void check_filled(struct expansion *expansion, const struct node *node,
                         const struct row *row)
{
    struct complaints *list = &expansion->file->complaints;
    const char *names[ROW_KEYS_MAX + 1] = {NULL};
    size_t count = 0;
    if (node == NULL || expansion->rows.broken)
        return;
    for (const struct node *one = row->values != NULL ? row->values->first : NULL;
         one != NULL && count < ROW_KEYS_MAX; one = one->next)
        names[count++] = one->key;
    if (node_reference(node) != NULL)
        complain(list, node->mark, remark_width(node), CODE_UNKNOWN_NAME,
                 remark_advice(list->arena, node->text + 1, names),
                 "'%s' is no parameter of the variants", node->text);
    for (const struct node *one = node->first; one != NULL; one = one->next)
        check_filled(expansion, one, row);
}

static void check_all_filled(struct expansion *expansion, const struct variant *variant,
                             const struct row *row)
{
    const struct node *const expected[] = {variant->delivery, variant->ordering, variant->fired,
                                           variant->never};
    for (size_t i = 0; i < variant->fault_count; i++) {
        check_filled(expansion, variant->faults[i].action, row);
        check_filled(expansion, variant->faults[i].when, row);
    }
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        check_filled(expansion, expected[i], row);
}

static void take_words(struct variant *variant)
{
    struct vocabulary *words = &variant->words;
    for (size_t i = 0; i < variant->step_count; i++) {
        for (int p = 0; p < PARAM_MAX; p++)
            vocabulary_add(words, variant->steps[i].param[p]);
        for (int e = 0; e < EXPECT_COUNT; e++)
            vocabulary_add(words, variant->steps[i].expect[e]);
    }
    for (size_t i = 0; i < variant->fault_count; i++) {
        vocabulary_add(words, variant->faults[i].action);
        vocabulary_add(words, variant->faults[i].when);
    }
    vocabulary_add(words, variant->never);
}

void variant_seal(struct variant *variant)
{
    take_words(variant);
    variant->needs_wire = carried_needs_wire(variant);
}

static void check_place(struct expansion *expansion, const struct variant *variant)
{
    const struct node *place = node_get(expansion->root, "place");
    const struct node *hosts = node_get(expansion->root, "hosts");
    const struct node *said = place != NULL ? place : hosts;
    if (variant->file->place == PLACE_LOOPBACK && variant->needs_wire)
        complain(&expansion->file->complaints, said->mark, remark_width(said), CODE_NEEDS_WIRE,
                 place != NULL ? "leave 'place' out, or say 'place: wire'" : "leave 'hosts' out",
                 "this case needs the wire: it cannot run on loopback");
}

static void expand(struct expansion *expansion, const struct row *row, int family)
{
    struct casefile *file = expansion->file;
    struct variant *variant = &file->variants[file->variant_count++];
    const struct node *steps =
        fill(file->arena, node_get(expansion->root, "steps"), &expansion->rows, row);
    variant->file = file;
    variant->family = family;
    variant->name = *row->name != '\0'
                        ? arena_printf(file->arena, "%s-%s", row->name, family_name(family))
                        : family_name(family);
    variant->id = arena_printf(file->arena, "%s[%s]", file->id, variant->name);
    check_steps(variant, &file->complaints, steps, row, expansion->rows.broken);
    read_faults(expansion, variant, row);
    peercheck(&file->complaints, variant);
    excess_check(&file->complaints, variant);
    read_expect(expansion, variant, row);
    check_all_filled(expansion, variant, row);
    variant_seal(variant);
    if (file->complaints.count == 0) /* else nothing of it runs, or is what it should be */
        variant->skip = carried_skip(file->arena, variant);
    check_place(expansion, variant);
}

static void check_names(struct casefile *file, const struct row *row)
{
    const struct variant *last = &file->variants[file->variant_count - 1];
    for (size_t i = 0; i + 1 < file->variant_count; i++)
        if (strcmp(file->variants[i].name, last->name) == 0)
            complain(&file->complaints, row->mark, 1, CODE_DUPLICATE_NAME,
                     "give each row an id of its own", "two variants are called '%s'", last->name);
}

/* Counts one more variant of row. False, with a complaint, when it is one too many. */
static bool weigh(struct expansion *expansion, const struct row *row)
{
    struct casefile *file = expansion->file;
    struct rows *rows = &expansion->rows;
    const struct node *const parts[] = {node_get(expansion->root, "steps"), expansion->faults,
                                        expansion->expect};
    expansion->weight += 1 + file->complaints.length / 64;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && expansion->weight < WEIGHT_MAX; i++)
        expansion->weight += fill_weight(parts[i], rows, row, WEIGHT_MAX - expansion->weight);
    if (expansion->weight < WEIGHT_MAX)
        return true;
    rows->broken = true;
    complain(&file->complaints, expansion->root->mark, 1, CODE_TOO_LARGE, NULL,
             "the variants of this case are too large together");
    return false;
}

static void expand_row(struct expansion *expansion, const struct row *row)
{
    static const int families[] = {AF_INET, AF_INET6};
    struct casefile *file = expansion->file;
    bool any = false;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if ((row->family != 0 && row->family != families[i]) ||
            !has_family(expansion->root, family_name(families[i])))
            continue;
        if (!weigh(expansion, row))
            return;
        expand(expansion, row, families[i]);
        check_names(file, row);
        any = true;
    }
    if (!any)
        complain(&file->complaints, row->mark, 1, CODE_BAD_VALUE, NULL,
                 "this row's family is not one of the case's");
}

void variant_expand(struct casefile *file, const struct node *root)
{
    struct expansion expansion = {.file = file,
                                  .root = root,
                                  .faults = map_or_null(node_get(root, "faults")),
                                  .expect = map_or_null(node_get(root, "expect"))};
    rows_read(&expansion.rows, &file->complaints, node_get(root, "variants"));
    file->variants = arena_alloc(file->arena, expansion.rows.count * 2 * sizeof *file->variants);
    for (size_t i = 0; i < expansion.rows.count && expansion.weight < WEIGHT_MAX; i++)
        expand_row(&expansion, &expansion.rows.row[i]);
    rows_check_used(&expansion.rows, &file->complaints);
}
