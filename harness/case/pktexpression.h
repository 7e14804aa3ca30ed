/* SPDX-License-Identifier: MIT */
/*
 * The expressions of the codes of a packetdrill script, read from their text (pktcode.h).
 */
#ifndef SOCKPROOF_CASE_PKTEXPRESSION_H
#define SOCKPROOF_CASE_PKTEXPRESSION_H

#include "case/pkt.h"
#include "case/pktterm.h"

/* A text that is being read. */
struct pktexpression {
    struct complaints *list;
    struct pkt_script *script;
    const char *at;
    struct mark mark; /* of at */
    int depth, terms;
    int brackets; /* open ones: the end of a line is a blank in them */
    bool wrong;   /* something was said of it: the rest is not read */
};

/* Reads an expression. Never NULL. */
const struct pktterm *pktexpression_read(struct pktexpression *parse);
/* So many bytes forward, or to the end. */
void pktexpression_forward(struct pktexpression *parse, size_t bytes);
/* Past blanks and comments in this line. */
void pktexpression_blanks(struct pktexpression *parse);
/* How long the name is that stands here; 0: none does. */
size_t pktexpression_name_length(const struct pktexpression *parse);
/* True when that word stands here. */
bool pktexpression_is_word(const struct pktexpression *parse, const char *word);
/* The same; it, and blanks, are passed. */
bool pktexpression_takes_word(struct pktexpression *parse, const char *word);
/* Complains that something else was expected here. */
void pktexpression_wrong(struct pktexpression *parse, const char *expected);
/* Notes that this is not known here. */
void pktexpression_unknown(struct pktexpression *parse, const char *what);

#endif
