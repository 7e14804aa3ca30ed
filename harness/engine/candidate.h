/* SPDX-License-Identifier: MIT */
/*
 * A candidate: one stack under test in a run, with what is known of it and what it came to. A run
 * has one or several; each variant is a job of each of them.
 */
#ifndef SOCKPROOF_ENGINE_CANDIDATE_H
#define SOCKPROOF_ENGINE_CANDIDATE_H

#include "engine/config.h"
#include "engine/settings.h"
#include "stack/stack.h"
#include "trial/verdict.h"

struct packet_lie;

struct candidate {
    const char *name;          /* as --stack says it: "linux", "uml:6.1" */
    const struct stack *stack; /* its calls; NULL: a guest kernel, or that of another machine, which
                                  run an engine of their own */
    const char *far;           /* where it is another machine's: how that is reached; or NULL */
    struct plugin *plugin;     /* where it comes from a file */
    struct relayed *relayed;   /* where it is behind a command */
    struct settings settings;
    char shown[64];   /* its name, and how it was told to lie */
    char version[80]; /* of the kernel or library; empty until a guest has told it */
    size_t count[VERDICT_COUNT];
};

/* Fills in the candidates of the configuration (config->stack_count of them) and loads their
   settings. *lie becomes the lie of the wire, if the configuration asks for one. False with a
   message on stderr. The caller clears, in any case. */
bool candidates_load(struct candidate *candidates, const struct config *config,
                     const struct packet_lie **lie);
/* The stack that --stack NAME=WHAT asks for (plugin.h), under a name that none of this build has.
   NULL with a message on stderr. The caller closes. */
struct plugin *candidate_plugin(const char *name, const char *what);
/* The stack that --stack NAME=exec:COMMAND asks for, likewise; the command is started on hosts of
   that profile. The caller frees it with free(3). */
struct relayed *candidate_relayed(const char *name, const char *command,
                                  const struct config *config, const struct profile *profile);
/* Whether another machine's stack may be called so; else with a message on stderr. */
bool candidate_far(const char *name, const char *far);
/* Why the candidate cannot carry out the variant, if so; the reason is put into text, of size
   bytes. */
struct skip candidate_lacks(const struct candidate *candidate, const struct variant *variant,
                            char *text, size_t size);
/* What there is of places: the one asked for, and whether there can be a wire, or why not. */
struct places {
    enum where asked;
    bool wire;
    const char *no_wire;
};
/* Where the candidate, which is no guest, runs the variant: *on_wire, else on loopback. Why it
   cannot here, if so: the variant's own reason, or one in text, of size bytes. */
struct skip candidate_placed(const struct candidate *candidate, const struct variant *variant,
                             const struct places *places, bool *on_wire, char *text, size_t size);
/* Where no stack was asked for: whether the variant is that candidate's, which is the first that
   has its transport. */
bool candidates_want(const struct candidate *candidates, const struct config *config, int which,
                     const struct variant *variant);
/* Frees what candidates_load made. */
void candidates_clear(struct candidate *candidates, const struct config *config);

#endif
