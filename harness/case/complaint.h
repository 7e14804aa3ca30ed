/* SPDX-License-Identifier: MIT */
/*
 * A complaint: one error in a file that a person wrote, with its place and a way out; or a remark,
 * which says "remark" where an error says "error".
 * Printed as
 *
 *   cases/tcp/x.yaml:7:13: error[unknown-key]: 'retuns' is not a key of this step
 *      7 |   - client: {recv: 64, retuns: 0}
 *        |                        ^^^^^^
 *        = did you mean 'returns'?
 */
#ifndef SOCKPROOF_CASE_COMPLAINT_H
#define SOCKPROOF_CASE_COMPLAINT_H

#include "case/code.h"
#include "case/node.h"
#include <stdio.h>

struct complaint {
    const char *file;
    struct mark mark;
    int width;           /* characters to underline, at least 1 */
    enum code code;      /* of lint */
    const char *message; /* what is wrong */
    const char *advice;  /* what to do: "did you mean 'x'?", "one of: a, b"; may be NULL */
    struct complaint *next;
};

/* All complaints about one file, in the order of their places once sorted. */
struct complaints {
    struct arena *arena; /* owns the texts */
    const char *file;    /* path as given by the user */
    const char *text;    /* contents of the file, for the quoted lines; may be NULL */
    size_t length;
    struct complaint *first;
    size_t count;
    bool remarks; /* they are said, and nothing is wrong: the file has its variants */
};

/* Adds a complaint; advice may be NULL. */
void complain(struct complaints *list, struct mark mark, int width, enum code code,
              const char *advice, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* True when the list takes no more complaints: looking for advice would be in vain. */
bool complaints_full(const struct complaints *list);
/* Prints all complaints in the order of their places, with quoted lines and carets. */
void complaints_print(const struct complaints *list, FILE *out);
/* The same for programs, each as one line of JSON: complaint (its code), file, line, column, said,
   notes (a list), and text, which is what complaints_print prints. */
void complaints_print_json(const struct complaints *list, FILE *out);
/* The entry of names (NULL terminated) nearest to word, or NULL when none is near enough. */
const char *suggest(const char *word, const char *const *names);

#endif
