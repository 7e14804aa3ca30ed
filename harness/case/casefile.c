/* SPDX-License-Identifier: MIT */
#include "case/casefile.h"

#include "base/quantity.h"
#include "case/carried.h"
#include "case/catalogue.h"
#include "case/limit.h"
#include "case/pktcase.h"
#include "case/reader.h"
#include "case/remark.h"
#include "case/topshape.h"
#include "case/variant.h"

#include <string.h>

/* Bounds that no case of a person meets; they keep hostile ones cheap. */
enum { CITES_MAX = 100, STEPS_MAX = 1000 };

/* --- the top level ------------------------------------------------------------------------- */

/* The place of node's text among words, or otherwise when it is none of them. */
static int choice(const struct node *node, const char *const *words, int otherwise)
{
    int found = otherwise;
    for (size_t i = 0; words[i] != NULL; i++)
        if (node_is(node, words[i]))
            found = (int)i;
    return found;
}

static int number(const struct node *node, int most, int otherwise)
{
    struct quantity quantity;
    bool good = node != NULL && node->kind == NODE_SCALAR &&
                quantity_parse(node->text, &quantity) && quantity.value > 0 &&
                quantity.value <= most;
    return good ? (int)quantity.value : otherwise;
}

static enum setup default_setup(const struct casefile *file)
{
    bool datagram = file->transport == TRANSPORT_RAW || file->transport == TRANSPORT_ICMP;
    return datagram || file->peer != NULL ? SETUP_OPEN : SETUP_CONNECTED;
}

static void check_setup(struct casefile *file, const struct node *setup)
{
    bool streams = file->transport == TRANSPORT_TCP || file->transport == TRANSPORT_SCTP;
    bool wrong = (file->setup == SETUP_LISTENING && !streams) ||
                 (file->setup == SETUP_CONNECTED && file->peer != NULL);
    if (setup != NULL && wrong)
        complain(&file->complaints, setup->mark, remark_width(setup), CODE_BAD_VALUE, NULL,
                 "'setup: %s' does not go with %s", setup_name(file->setup),
                 file->peer != NULL ? "'peer: wire'" : transport_name(file->transport));
}

static bool check_count(struct casefile *file, const struct node *node, size_t most, enum code code)
{
    bool good = node == NULL || node->count <= most;
    if (!good)
        complain(&file->complaints, node->mark, 1, code, NULL,
                 "'%s' has %zu members: a case has at most %zu", node->key, node->count, most);
    return good;
}

/* faults, expect and steps may hold parameters: they are checked variant by variant. */
static void check_top(struct casefile *file, const struct node *root)
{
    const char *names[32] = {NULL};
    size_t count = 0;
    for (const struct shape_member *one = topshape_case.members; one->name != NULL; one++) {
        const struct node *node = node_get(root, one->name);
        bool later = strcmp(one->name, "faults") == 0 || strcmp(one->name, "expect") == 0;
        names[count++] = one->name;
        if (node == NULL && one->required)
            complain(&file->complaints, root->mark, 1, CODE_MISSING_KEY, NULL,
                     "a case needs the key '%s'", one->name);
        else if (node != NULL && later && (node->kind != NODE_MAP || node->count == 0))
            complain(&file->complaints, node->mark, remark_width(node), CODE_BAD_VALUE, NULL,
                     "'%s' takes a mapping", one->name);
        else if (node != NULL && !later)
            shape_check(&file->complaints, node, one->shape, one->name);
    }
    for (const struct node *one = root->first; one != NULL; one = one->next)
        if (node_get(root, one->key) == one && !shape_has_key(&topshape_case, one->key))
            remark_unknown_key(&file->complaints, one, "a case", names);
}

/* Both actors on one host is the machine as it is: loopback. */
static void read_hosts(struct casefile *file, const struct node *hosts)
{
    bool one = number(hosts, 2, 2) == 1;
    if (one && file->place == PLACE_WIRE)
        complain(&file->complaints, hosts->mark, remark_width(hosts), CODE_BAD_VALUE,
                 "leave one of the two out", "'hosts: 1' is a case for loopback, and has no wire");
    else if (one)
        file->place = PLACE_LOOPBACK;
}

/* A socket of ours has a new port in each case, so that nothing late of an earlier one reaches it.
 */
static void check_port(struct casefile *file, const struct node *port)
{
    if (port != NULL && file->subject != SUBJECT_PROGRAM)
        complain(&file->complaints, port->mark, remark_width(port), CODE_BAD_VALUE,
                 "leave 'port' out, or say 'subject: program'",
                 "'port' is for a server that is a program");
}

static void read_top(struct casefile *file, const struct node *root)
{
    const struct node *title = node_get(root, "title");
    const struct node *setup = node_get(root, "setup");
    if (title != NULL && title->kind == NODE_SCALAR) {
        file->title = title->text;
        file->title_mark = title->mark;
    }
    file->transport =
        (enum transport)choice(node_get(root, "transport"), case_transports, TRANSPORT_TCP);
    file->subject = (enum subject)choice(node_get(root, "subject"), case_subjects, SUBJECT_STACK);
    file->place = (enum place)choice(node_get(root, "place"), case_places, PLACE_ANY);
    file->peer = node_get(root, "peer");
    file->setup = (enum setup)choice(setup, case_setups, default_setup(file));
    read_hosts(file, node_get(root, "hosts"));
    file->clients = number(node_get(root, "clients"), CLIENTS_MAX, 0);
    file->port = number(node_get(root, "port"), UINT16_MAX, 0);
    file->programs = node_get(root, "programs");
    check_setup(file, setup);
    check_port(file, node_get(root, "port"));
}

/* --- citations ----------------------------------------------------------------------------- */

static void check_citation(struct casefile *file, const struct citation *citation,
                           const struct node *node, const struct catalogue *catalogue)
{
    if (complaints_full(&file->complaints))
        return;
    const char *near = catalogue_suggest(catalogue, citation->id);
    complain(&file->complaints, node->mark, remark_width(node), CODE_UNKNOWN_CITATION,
             near != NULL ? arena_printf(file->arena, "did you mean '%s'?", near) : NULL,
             "the catalogue has no requirement '%s'", citation->id);
}

static void check_twice(struct casefile *file, const struct node *node)
{
    for (size_t i = 0; i < file->cite_count; i++)
        if (strcmp(file->cites[i].id, node->text) == 0)
            complain(&file->complaints, node->mark, remark_width(node), CODE_DUPLICATE_CITATION,
                     NULL, "'%s' is cited twice", node->text);
}

static void read_cites(struct casefile *file, const struct node *root,
                       const struct catalogue *catalogue, bool strict)
{
    const struct node *cites = node_get(root, "cites");
    if (cites == NULL || cites->kind != NODE_LIST)
        return;
    file->cites = arena_alloc(file->arena, cites->count * sizeof *file->cites);
    for (const struct node *one = cites->first; one != NULL; one = one->next) {
        if (one->kind != NODE_SCALAR)
            continue;
        check_twice(file, one);
        struct citation *citation = &file->cites[file->cite_count++];
        citation->id = one->text;
        citation->mark = one->mark;
        citation->known = catalogue == NULL || catalogue_find(catalogue, one->text) != NULL;
        if (strict && !citation->known)
            check_citation(file, citation, one, catalogue);
    }
}

/* --- the file ------------------------------------------------------------------------------ */

/* "cases/tcp/close/half-close.yaml" -> "tcp/close/half-close" */
static const char *id_of(struct arena *arena, const char *path)
{
    static const char folder[] = "cases/";
    const char *begin = strncmp(path, "./", 2) == 0 ? path + 2 : path;
    const char *id = begin;
    for (const char *at = begin; (at = strstr(at, folder)) != NULL; at++)
        if (at == begin || at[-1] == '/')
            id = at + sizeof folder - 1;
    size_t length = strlen(id);
    if (length > 5 && strcmp(id + length - 5, ".yaml") == 0)
        length -= 5;
    else if (length > 4 && strcmp(id + length - 4, ".yml") == 0)
        length -= 4;
    return arena_copy(arena, id, length);
}

static void read_case(struct casefile *file, const struct node *root,
                      const struct catalogue *catalogue, bool strict)
{
    if (root->kind != NODE_MAP) {
        complain(&file->complaints, root->mark, remark_width(root), CODE_BAD_VALUE, NULL,
                 "a case is a mapping with title, cites, transport and steps");
        return;
    }
    bool cites = check_count(file, node_get(root, "cites"), CITES_MAX, CODE_TOO_LARGE);
    bool faults = check_count(file, node_get(root, "faults"), FAULT_MAX, CODE_TOO_MANY);
    bool steps = check_count(file, node_get(root, "steps"), STEPS_MAX, CODE_TOO_LARGE);
    if (!cites || !faults || !steps)
        return;
    check_top(file, root);
    read_top(file, root);
    read_cites(file, root, catalogue, strict);
    variant_expand(file, root);
}

static struct casefile *casefile_new(const char *path)
{
    struct arena *arena = arena_new();
    struct casefile *file = arena_alloc(arena, sizeof *file);
    file->arena = arena;
    file->path = arena_copy(arena, path, strlen(path));
    file->id = id_of(arena, path);
    file->title = "";
    file->complaints = (struct complaints){.arena = arena, .file = file->path};
    file->remarks = (struct complaints){.arena = arena, .file = file->path, .remarks = true};
    return file;
}

/* What stands in file->complaints.text, read, checked and expanded. */
static void read_text(struct casefile *file, const struct catalogue *catalogue, bool strict)
{
    bool script = pktcase_is(file->path);
    const struct node *root = script ? NULL : reader_parse(&file->complaints);
    if (script)
        pktcase_read(file);
    else if (root != NULL)
        read_case(file, root, catalogue, strict);
    if (file->complaints.count > 0)
        file->variant_count = 0;
    file->remarks.text = file->complaints.text;
    file->remarks.length = file->complaints.length;
    for (size_t i = 0; i < file->variant_count && !script; i++)
        carried_remark(&file->remarks, &file->variants[i]);
}

struct casefile *casefile_parse(const char *path, const char *text, size_t length,
                                const struct catalogue *catalogue, bool strict_citations)
{
    struct casefile *file = casefile_new(path);
    file->complaints.text = arena_copy(file->arena, text, length);
    file->complaints.length = length;
    read_text(file, catalogue, strict_citations);
    return file;
}

struct casefile *casefile_load(const char *path, const struct catalogue *catalogue,
                               bool strict_citations)
{
    return casefile_load_from(path, path, catalogue, strict_citations);
}

struct casefile *casefile_load_from(const char *path, const char *copy,
                                    const struct catalogue *catalogue, bool strict_citations)
{
    struct casefile *file = casefile_new(path);
    if (reader_read(&file->complaints, copy))
        read_text(file, catalogue, strict_citations);
    return file;
}

struct casefile *casefile_failed(const char *path, const char *why)
{
    struct casefile *file = casefile_new(path);
    complain(&file->complaints, (struct mark){1, 1}, 1, CODE_READER_FAILED,
             "this is a fault of sockproof: please report it, with the file",
             "sockproof fails at this file: %s", why);
    return file;
}

void casefile_free(struct casefile *file)
{
    if (file != NULL)
        arena_free(file->arena);
}
