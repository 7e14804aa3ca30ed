/* SPDX-License-Identifier: MIT */
/*
 * The cursor of those who parse a packetdrill script: the word at which they are.
 */
#ifndef SOCKPROOF_CASE_PKTCURSOR_H
#define SOCKPROOF_CASE_PKTCURSOR_H

#include "case/pkt.h"
#include "case/pktlex.h"

struct pktcursor {
    struct pktlex lex;
    struct pkt_word now;
    const char *behind; /* the end of the word before it, in the text */
    struct mark behind_mark;
    const char *began; /* where the event began, in the text */
    struct pkt_script *script;
    bool wrong;   /* this event is not what a script may say: the complaint is made */
    bool unknown; /* this event has what the reader does not know */
};

/* At the first word of the list's text. False when that is no text. */
bool pktcursor_begin(struct pktcursor *cursor, struct complaints *list, struct pkt_script *script);
/* On to the next word; the one that was left. */
struct pkt_word pktcursor_next(struct pktcursor *cursor);
/* True when the word is that sign; it is passed. */
bool pktcursor_takes(struct pktcursor *cursor, char sign);
/* True when the word is that name; it is passed. */
bool pktcursor_takes_name(struct pktcursor *cursor, const char *name);
/* True when the word is that sign; it stays. */
bool pktcursor_is(const struct pktcursor *cursor, char sign);
bool pktcursor_is_name(const struct pktcursor *cursor, const char *name);
/* The word must be that sign, which is passed; otherwise the event is wrong, and false. */
bool pktcursor_needs(struct pktcursor *cursor, char sign, const char *where);
/* A number up to most must stand there, which is passed; otherwise the event is wrong, and 0. */
uint64_t pktcursor_number(struct pktcursor *cursor, uint64_t most, const char *what);
/* Complains, once for each event, that something else was expected at the word. */
void pktcursor_wrong(struct pktcursor *cursor, const char *expected);
/* Takes the bytes from the word up to the next blank or a byte of stops as a word, which is passed.
 */
struct pkt_word pktcursor_raw(struct pktcursor *cursor, const char *stops);
/* Notes that the reader does not know what stands there. */
void pktcursor_unknown(struct pktcursor *cursor, const struct pkt_word *word, const char *what);
/* Past everything up to the next word that begins an event in a line of its own, or the end. */
void pktcursor_skip_event(struct pktcursor *cursor);

#endif
