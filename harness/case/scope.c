/* SPDX-License-Identifier: MIT */
#include "case/scope.h"

#include "case/remark.h"
#include "case/row.h"
#include "case/shape.h"

#include <string.h>

enum { NAMES_MAX = 64 };

/* What the harness itself gives a name to. */
static const char *const builtins[] = {"server_authority", "server_host", "server_port",
                                       "scratch",          "servers",     NULL};

static void add(struct scope *scope, struct known **list, struct known known)
{
    struct known *one = arena_alloc(scope->arena, sizeof *one);
    while (*list != NULL)
        list = &(*list)->next;
    *one = known;
    *list = one;
}

static bool is_server(const char *actor)
{
    return strncmp(actor, "server", 6) == 0;
}

/* --- descriptors --------------------------------------------------------------------------- */

void scope_begin(struct scope *scope, const struct casefile *file)
{
    *scope =
        (struct scope){.arena = file->arena, .setup = file->setup, .transport = file->transport};
}

/* What the setup makes for every actor of a side. */
static bool setup_makes(const struct scope *scope, bool server, const char *name)
{
    bool streams = scope->transport == TRANSPORT_TCP || scope->transport == TRANSPORT_SCTP;
    bool makes = false;
    switch (scope->setup) {
    case SETUP_NONE:
    case SETUP_COUNT:
        break;
    case SETUP_OPEN:
    case SETUP_BOUND:
        makes = strcmp(name, "sock") == 0;
        break;
    case SETUP_LISTENING:
        makes = strcmp(name, server && streams ? "listener" : "sock") == 0;
        break;
    case SETUP_CONNECTED:
        makes = strcmp(name, "sock") == 0 || (server && streams && strcmp(name, "listener") == 0);
        break;
    }
    return makes;
}

bool scope_has_descriptor(const struct scope *scope, const char *actor, const char *name)
{
    bool has = setup_makes(scope, is_server(actor), name);
    for (const struct known *one = scope->descriptors; one != NULL && !has; one = one->next)
        has = strcmp(one->actor, actor) == 0 && strcmp(one->name, name) == 0;
    return has;
}

void scope_need_descriptor(struct scope *scope, const char *actor, const struct node *name)
{
    const char *names[NAMES_MAX + 1] = {NULL};
    size_t count = 0;
    if (name->kind != NODE_SCALAR || node_reference(name) != NULL ||
        scope_has_descriptor(scope, actor, name->text))
        return;
    if (setup_makes(scope, is_server(actor), "sock"))
        names[count++] = "sock";
    if (setup_makes(scope, is_server(actor), "listener"))
        names[count++] = "listener";
    for (const struct known *one = scope->descriptors; one != NULL && count < NAMES_MAX;
         one = one->next)
        if (strcmp(one->actor, actor) == 0)
            names[count++] = one->name;
    complain(scope->complaints, name->mark, remark_width(name), CODE_UNKNOWN_NAME,
             remark_advice(scope->arena, name->text, names), "%s has no descriptor '%s' here",
             actor, name->text);
}

void scope_add_descriptor(struct scope *scope, const char *actor, const char *name)
{
    if (!scope_has_descriptor(scope, actor, name))
        add(scope, &scope->descriptors, (struct known){.actor = actor, .name = name});
}

/* --- calls --------------------------------------------------------------------------------- */

static struct known *find(struct known *list, const char *name)
{
    struct known *found = NULL;
    for (; list != NULL; list = list->next)
        if (strcmp(list->name, name) == 0)
            found = list;
    return found;
}

struct known *scope_need_call(struct scope *scope, const struct node *name)
{
    const char *names[NAMES_MAX + 1] = {NULL};
    size_t count = 0;
    if (name->kind != NODE_SCALAR || node_reference(name) != NULL)
        return NULL;
    struct known *call = find(scope->calls, name->text);
    if (call != NULL && call->open)
        return call;
    for (const struct known *one = scope->calls; one != NULL && count < NAMES_MAX; one = one->next)
        if (one->open)
            names[count++] = one->name;
    if (call != NULL)
        complain(scope->complaints, name->mark, remark_width(name), CODE_UNKNOWN_NAME, NULL,
                 "the call '%s' is done already", name->text);
    else
        complain(scope->complaints, name->mark, remark_width(name), CODE_UNKNOWN_NAME,
                 remark_advice(scope->arena, name->text, names),
                 "no step before this one starts '%s'", name->text);
    return NULL;
}

void scope_add_call(struct scope *scope, const struct node *name, const struct verb *verb)
{
    const struct known *same = find(scope->calls, name->text);
    if (same != NULL && same->open)
        complain(scope->complaints, name->mark, remark_width(name), CODE_DUPLICATE_NAME, NULL,
                 "a call named '%s' is open already", name->text);
    add(scope, &scope->calls,
        (struct known){.name = name->text, .mark = name->mark, .verb = verb, .open = true});
}

/* --- saved values -------------------------------------------------------------------------- */

static bool is_builtin(const char *name)
{
    bool is = false;
    for (const char *const *one = builtins; *one != NULL; one++)
        is = is || strcmp(name, *one) == 0;
    return is;
}

void scope_add_saved(struct scope *scope, const struct node *name, const struct row *row)
{
    bool taken = find(scope->saved, name->text) != NULL || is_builtin(name->text) ||
                 (row != NULL && node_get(row->values, name->text) != NULL);
    if (taken)
        complain(scope->complaints, name->mark, remark_width(name), CODE_DUPLICATE_NAME, NULL,
                 "the name '%s' stands for something already", name->text);
    else
        add(scope, &scope->saved, (struct known){.name = name->text, .mark = name->mark});
}

static void unknown_reference(struct scope *scope, const struct node *node, const struct row *row)
{
    const char *names[NAMES_MAX + 1] = {NULL};
    size_t count = 0;
    for (const struct known *one = scope->saved; one != NULL && count < NAMES_MAX / 2;
         one = one->next)
        names[count++] = one->name;
    const struct node *values = row != NULL ? row->values : NULL;
    for (const struct node *one = values != NULL ? values->first : NULL;
         one != NULL && count + sizeof builtins / sizeof *builtins < NAMES_MAX; one = one->next)
        names[count++] = one->key;
    for (const char *const *one = builtins; *one != NULL; one++)
        names[count++] = *one;
    complain(scope->complaints, node->mark, remark_width(node), CODE_UNKNOWN_NAME,
             remark_advice(scope->arena, node->text + 1, names),
             "'%s' is no parameter of the variants, and no step before this one saves it",
             node->text);
}

void scope_check_references(struct scope *scope, const struct node *node, const struct row *row)
{
    if (node == NULL)
        return;
    const char *name = node_reference(node);
    struct known *saved = name != NULL ? find(scope->saved, name) : NULL;
    if (saved != NULL)
        saved->used = true;
    else if (name != NULL && !is_builtin(name) && !scope->tolerant)
        unknown_reference(scope, node, row);
    for (const struct node *one = node->first; one != NULL; one = one->next)
        scope_check_references(scope, one, row);
}

void scope_check_used(const struct scope *scope)
{
    for (const struct known *one = scope->saved; one != NULL; one = one->next)
        if (!one->used && !scope->tolerant)
            complain(scope->complaints, one->mark, (int)strlen(one->name), CODE_UNUSED_NAME,
                     arena_printf(scope->arena, "use it as $%s, or do not save it", one->name),
                     "the saved value '%s' is never used", one->name);
}
