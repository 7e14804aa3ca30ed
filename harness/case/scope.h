/* SPDX-License-Identifier: MIT */
/*
 * A scope: the names that a step may use, as the steps before it have made them: descriptors by
 * actor, calls that are open, saved values.
 */
#ifndef SOCKPROOF_CASE_SCOPE_H
#define SOCKPROOF_CASE_SCOPE_H

#include "case/case.h"

struct row;

struct known {
    const char *actor; /* descriptors: whose; NULL otherwise */
    const char *name;
    struct mark mark;
    const struct verb *verb; /* open calls: what was started */
    bool open;               /* open calls: not done yet */
    bool used;               /* saved values */
    struct known *next;
};

struct scope {
    struct arena *arena;
    struct complaints *complaints;
    enum setup setup;
    enum transport transport;
    bool tolerant; /* unknown references pass: the variants are broken, and that is said already */
    struct known *descriptors, *calls, *saved;
};

/* Begins with what the setup of the case makes. */
void scope_begin(struct scope *scope, const struct casefile *file);
/* True when the actor has that descriptor at this point. */
bool scope_has_descriptor(const struct scope *scope, const char *actor, const char *name);
/* Complains (unknown-name) when the actor has no descriptor of that name. */
void scope_need_descriptor(struct scope *scope, const char *actor, const struct node *name);
void scope_add_descriptor(struct scope *scope, const char *actor, const char *name);
/* The open call of that name, or NULL after a complaint. */
struct known *scope_need_call(struct scope *scope, const struct node *name);
/* A call is open from here on; complains when one of that name still is. */
void scope_add_call(struct scope *scope, const struct node *name, const struct verb *verb);
/* A value is saved; complains when its name stands for something already. */
void scope_add_saved(struct scope *scope, const struct node *name, const struct row *row);
/* Checks each reference in node against the saved values; row names its parameters for advice. */
void scope_check_references(struct scope *scope, const struct node *node, const struct row *row);
/* Complains about saved values that nothing used. */
void scope_check_used(const struct scope *scope);

#endif
