/* SPDX-License-Identifier: MIT */
/*
 * The codes of a packetdrill script: %{ assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd }%.
 *
 * Statements, a line each or with ; between them: assert CONDITION, with what is to be said of it
 * behind a comma; NAME = EXPRESSION; print EXPRESSION, which prints nothing. Expressions are
 * Python's: numbers, names, ( ), - + ~ not, * / // % + - << >> & ^ | == != < <= > >= in chains,
 * and, or. Whole numbers are of 64 bits; what does not fit them is no value.
 */
#ifndef SOCKPROOF_CASE_PKTCODE_H
#define SOCKPROOF_CASE_PKTCODE_H

#include "case/pkt.h"
#include "case/pktterm.h"

enum pktcode_verdict {
    PKTCODE_HOLDS,
    PKTCODE_FAILS, /* an assertion does not hold */
    PKTCODE_NONE   /* there is no value of it: a name that is none, a division by zero */
};

/* What came of the statements: of the first that did not hold. */
struct pktcode_result {
    enum pktcode_verdict verdict;
    struct mark mark; /* of the condition */
    int width;
    const char *said;  /* the condition as it stands; NULL when all hold */
    const char *names; /* "tcpi_snd_cwnd is 9, tcpi_rto is 204000"; owned by arena */
};

struct pktcode; /* parsed; owned by the arena of its complaints */

/* Parses the statements of text, which stands at mark in the file of list. What is no statement at
   all is a complaint; what this does not know (loops, calls, texts) is a lack of script. NULL then.
 */
const struct pktcode *pktcode_parse(struct complaints *list, struct pkt_script *script,
                                    const struct pkt_text *text);
/* Calls found with each name that is used and not assigned before, with its place. */
void pktcode_each_name(const struct pktcode *code,
                       void (*found)(void *context, const char *name, struct mark mark),
                       void *context);
/* Carries the statements out. Texts of the result are of arena, or of the code's. */
struct pktcode_result pktcode_run(const struct pktcode *code, const struct pktterm_names *names,
                                  struct arena *arena);

#endif
